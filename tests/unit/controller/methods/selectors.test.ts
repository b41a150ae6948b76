import { expect, test } from 'vitest';
import { globs, selects } from '../../../../src/controller/methods/selectors.ts';

const units = [
  { name: 'w/0', words: ['active', 'idle'] },
  { name: 'w/1', words: ['blocked', 'idle'] },
];
const chosen = (...selectors: string[]) => {
  const found = selects(selectors, 'w', units);
  return found && [...found];
};

test('no selector shows everything', () => expect(chosen()).toEqual(['w/0', 'w/1']));
test('an application’s name or pattern shows all its units', () => {
  expect(chosen('w')).toEqual(['w/0', 'w/1']);
  expect(chosen('x', 'w*')).toEqual(['w/0', 'w/1']);
});
test('a unit’s name or a status word shows these units', () => {
  expect(chosen('w/1')).toEqual(['w/1']);
  expect(chosen('active')).toEqual(['w/0']);
});
test('what nothing matches shows nothing of the application', () => expect(chosen('other')).toBeUndefined());
test('a pattern’s dots and brackets are letters', () => {
  expect(globs('a.b', 'axb')).toBe(false);
  expect(globs('[*]', '[ab]')).toBe(true);
  expect(globs('a?c', 'abc')).toBe(true);
});
