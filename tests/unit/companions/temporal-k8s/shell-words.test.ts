import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWords } from '../../../../src/companions/temporal-k8s/shell-words.ts';

const cases: { name: string; line: string; words: string[] }[] = [
  {
    name: 'splits at white space',
    line: '  workflow   list\t--namespace test\n',
    words: ['workflow', 'list', '--namespace', 'test'],
  },
  { name: 'keeps quoted text together', line: `a 'b c' "d \\" e"`, words: ['a', 'b c', 'd " e'] },
  {
    name: 'joins parts without white space between them',
    line: `--query='WorkflowType="x"'`,
    words: ['--query=WorkflowType="x"'],
  },
  { name: 'keeps an empty quoted word', line: "a ''", words: ['a', ''] },
  { name: 'takes a character behind a backslash as it is', line: 'a\\ b', words: ['a b'] },
  { name: 'finds no word in an empty line', line: ' ', words: [] },
];
for (const { name, line, words } of cases) {
  test(name, () => expect(shellWords(line)).toEqual(words));
}

test('refuses an open quote', () => {
  expect(() => shellWords("a 'b")).toThrow(`cannot split "a 'b" into words: a ' is not closed`);
});

test('gives back any words that were quoted for a shell', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      const line = words.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ');
      expect(shellWords(line)).toEqual(words);
    }),
  );
});
