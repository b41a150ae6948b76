import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scrub, textsIn } from '../../../worker-kit/src/scrub.ts';

test('takes a text out of values and keys at any depth', () => {
  const event = { message: 'a s3cret', extra: { 's3cret key': [{ deep: 'x=s3cret&y' }] } };
  expect(scrub(event, ['s3cret'], '<secret>')).toEqual({
    message: 'a <secret>',
    extra: { '<secret> key': [{ deep: 'x=<secret>&y' }] },
  });
});

test('leaves numbers, absent values and instances as they are, and survives a circle', () => {
  const error = new Error('s3cret');
  const circle: Record<string, unknown> = { count: 1, none: null, missing: undefined, error };
  circle.self = circle;
  const copy = scrub(circle, ['s3cret'], '-');
  expect(copy).toMatchObject({ count: 1, none: null, error });
  expect(copy.self).toBe(copy);
});

test('nothing of the text is left, whatever surrounds it', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (json, around) => {
      const value = { a: JSON.parse(json), b: `${around}canary-secret${around}`, canary: ['canary-secret'] };
      expect(JSON.stringify(scrub(value, ['canary-secret'], '<secret>'))).not.toContain('canary-secret');
    }),
  );
});

test('finds the texts of arguments, the longest first, and none that are too short to be told from others', () => {
  expect(textsIn(['Ada', { id: 1234, tags: ['Ada Lovelace', 'no'] }, null, true])).toEqual([
    'Ada Lovelace',
    '1234',
    'Ada',
  ]);
});
