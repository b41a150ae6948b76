import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEntries } from '../../../../charm/environment/entries.ts';
import { joinProblems } from '../../../../charm/problem.ts';
import { parseEnvironment } from '../../../../src/agent/environment-text.ts';
import { badEnvironments } from '../bad-environments.ts';

function problems(text: string): string {
  return joinProblems(readEntries(parseEnvironment(text)).problems);
}

test('reads plain values, keys of secrets, whole secrets and values of Vault', () => {
  const text = `env:
- {name: A, value: [1, two]}
juju:
- {secret-id: secret:d0aaaaaaaaaaaaaaaaaa, name: B, key: key1}
- secret-id: d0bbbbbbbbbbbbbbbbbb
- {secret-id: d0bbbbbbbbbbbbbbbbbb, name: , key: ''}
vault:
- {path: my/secrets, name: C, key: token}
`;
  const { entries, problems: found } = readEntries(parseEnvironment(text));
  expect(found).toEqual([]);
  expect(entries).toEqual({
    env: [{ at: 'environment.env[0]', name: 'A', value: '[1, "two"]' }],
    juju: [
      { at: 'environment.juju[0]', id: 'secret:d0aaaaaaaaaaaaaaaaaa', single: { name: 'B', key: 'key1' } },
      { at: 'environment.juju[1]', id: 'd0bbbbbbbbbbbbbbbbbb', single: null },
      { at: 'environment.juju[2]', id: 'd0bbbbbbbbbbbbbbbbbb', single: null },
    ],
    vault: [{ at: 'environment.vault[0]', path: 'my/secrets', name: 'C', key: 'token' }],
  });
});

test.each(['', '  \n', '# nothing yet\n', '---\n', 'env: []\njuju: []\nvault: []\n', '{}', '\ufeffenv: []'])(
  'takes %j for an environment without entries',
  (text) => {
    expect(problems(text)).toBe('');
  },
);

const structure = 'Invalid environment structure: ';
const yaml = 'Incorrectly formatted `environment` config: ';

test.each([
  ['just text', `${structure}environment is a single value (a map with env, juju and vault), line 1, column 1`],
  [
    'path/to/environment.yaml',
    `${structure}environment is a single value (a map with env, juju and vault; environment=@<file> sets what a file holds), line 1, column 1`,
  ],
  ['- a', `${structure}environment is a list (a map with env, juju and vault), line 1, column 1`],
  ['envs: []', `${structure}environment.envs is not known (env, juju and vault are), line 1, column 1`],
  ['env:', `${structure}environment.env is empty (a list; leave env out when there is none), line 1, column 5`],
  ['env: {A: b}', `${structure}environment.env is a map (a list; leave env out when there is none), line 1, column 6`],
  ['env: [x]', `${structure}environment.env[0] is a single value (a map with name and value), line 1, column 7`],
  ['env:\n- name: A', `${structure}environment.env[0] lacks value (name and value), line 2, column 3`],
  [
    'env:\n- {name: A, value: 1, extra: 2}',
    `${structure}environment.env[0].extra is not known (name and value), line 2, column 23`,
  ],
  ['env:\n- {name: [A], value: 1}', `${structure}environment.env[0].name is a list (text), line 2, column 10`],
  [
    'env:\n- {name: "", value: 1}',
    `${structure}environment.env[0].name is empty (a name of an environment variable), line 2, column 10`,
  ],
  [
    'env:\n- {name: A=B, value: 1}',
    `${structure}environment.env[0].name is "A=B" (a name without "="), line 2, column 10`,
  ],
  [
    'env:\n- {name: A, value: "\\0"}',
    `${structure}environment.env[0].value holds a NUL character, which no environment can, line 2, column 20`,
  ],
  [
    'env:\n- {name: A, value: !foo b}',
    `${structure}environment.env[0].value has a tag that is not understood: "!foo", line 2, column 25`,
  ],
  [
    'juju:\n- {secret-id: d0aaaaaaaaaaaaaaaaaa, name: A}',
    `${structure}environment.juju[0] lacks key (secret-id, name and key, or secret-id alone), line 2, column 3`,
  ],
  [
    'juju:\n- {secret-id: 12345, name: A, key: k}',
    `${structure}environment.juju[0].secret-id is "12345" (a secret's id as add-secret printed it, such as secret:d0abc…), line 2, column 15`,
  ],
  [
    'juju:\n- {secret-id: d0aaaaaaaaaaaaaaaaaa, name: A, key: }',
    `${structure}environment.juju[0].key is empty (a key of the secret), line 2, column 51`,
  ],
  ['vault:\n- {path: a, name: 1}', `${structure}environment.vault[0] lacks key (path, name and key), line 2, column 3`],
  [
    'vault:\n- {path: ../x, name: A, key: k}',
    `${structure}environment.vault[0].path is "../x" (a path such as my-secrets), line 2, column 10`,
  ],
  [
    'vault:\n- {path: x, name: TWC_A, key: k}',
    "Environment variables cannot use reserved prefix 'TEMPORAL_' or 'TWC_' — environment.vault[0].name, line 2, column 19",
  ],
  ['env: []\njuju: []\nenv: []', `${structure}environment.env stands there twice (first in line 1), line 3, column 1`],
  [
    'env:\n- name: A\n  value: 1\n  name: B',
    `${structure}environment.env[0].name stands there twice (first in line 2), line 4, column 3`,
  ],
  ['env: [', `${yaml}the indentation does not fit, or a bracket is not closed, line 1, column 7`],
  ['env:\n\t- name: a\n', `${yaml}a tab indents (spaces are accepted), line 2, column 1`],
  ['env: [*x]', `${yaml}alias "x" has no anchor before it, line 1, column 7`],
  ['env: &x [*x]', `${yaml}alias "x" stands inside of what it names, line 1, column 10`],
  ['a: 1\n---\nb: 2\n', `${yaml}a second document begins (one is accepted), line 2, column 1`],
  ['env: "\u0007"', `${yaml}character U+0007 is not allowed, line 1, column 7`],
  ['env: !!python/name:os []', `${yaml}tag "tag:yaml.org,2002:python/name:os" is not understood, line 1, column 23`],
])('refuses %j and says where', (text, problem) => {
  expect(problems(text)).toBe(problem);
});

test.each(badEnvironments)('refuses $name, with the place', ({ text, says }) => {
  expect(problems(text)).toMatch(says);
});

test('tells all problems at once, and what they share only once', () => {
  expect(problems('env: 1\njuju: 2\n')).toBe(
    `${structure}environment.env is a single value (a list; leave env out when there is none), line 1, column 6; ` +
      'environment.juju is a single value (a list; leave juju out when there is none), line 2, column 7',
  );
});

test('is not impressed by ten aliases of ten aliases', () => {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const lines = levels.map(
    (name, index) => `${name}: &${name} [${Array(10).fill(index === 0 ? 'x' : `*${levels[index - 1]}`)}]`,
  );
  expect(problems(`${lines.join('\n')}\nenv: []`)).toMatch(
    /it has more than 100000 parts once its aliases are written out/,
  );
});

test('is not impressed by depth or size', () => {
  expect(problems(`env: ${'['.repeat(200)}${']'.repeat(200)}`)).toMatch(/nested more than 100 deep/);
  expect(problems(`env: ${'['.repeat(5000)}`)).toMatch(/Incorrectly formatted/);
  expect(problems(`env: "${'x'.repeat(2 ** 21)}"`)).toBe(
    `${yaml}2097159 characters (at most 1048576), line 1, column 1`,
  );
});

test('never throws and tells no text of the option, whatever it holds', () => {
  const piece = fc.constantFrom(
    'env:',
    'juju:',
    'vault:',
    '\n',
    '- ',
    '  ',
    'name: ',
    'value: ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '&a ',
    '*a',
    '<<: ',
    '!!int ',
    '"',
    "'",
    '|',
    '#',
    '\t',
    'secret-id: ',
    'key: ',
    '?',
    ': ',
  );
  const text = fc.array(fc.oneof(piece, fc.constant('hunter2'), fc.string({ maxLength: 3 })), { maxLength: 25 });
  fc.assert(
    fc.property(text, (pieces) => {
      const found = problems(pieces.join(''));
      expect(found.includes('Incorrectly formatted') && /value[^,]*hunter2/.test(found)).toBe(false);
    }),
    { numRuns: 3000 },
  );
});
