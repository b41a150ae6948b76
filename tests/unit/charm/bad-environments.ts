/** An alias bomb: seven levels of ten aliases each. */
function bomb(): string {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const lines = names.map((name, at) => `${name}: &${name} [${Array(10).fill(at === 0 ? 'x' : `*${names[at - 1]}`)}]`);
  return `${lines.join('\n')}\nenv: [{name: A, value: *g}]\n`;
}

const secretId = 'd0aaaaaaaaaaaaaaaaaa';

/** What people and programs get wrong in the option `environment`; each blocks, with the place. `text` is the option. */
export const badEnvironments: readonly { readonly name: string; readonly text: string; readonly says: RegExp }[] = [
  { name: 'a text', text: 'hello', says: /environment is a single value .*line 1, column 1$/ },
  { name: 'a list', text: '- env', says: /environment is a list .*line 1, column 1$/ },
  { name: 'an alias bomb', text: bomb(), says: /more than 100000 parts once its aliases .*line 5, column \d+$/ },
  { name: 'two documents', text: 'env: []\n---\nenv: []\n', says: /a second document begins .*line 2, column 1$/ },
  { name: 'a tab that indents', text: 'env:\n\t- {name: A, value: 1}\n', says: /a tab indents .*line 2, column 1$/ },
  { name: 'a control character', text: 'env: "\u0001"', says: /U\+0001 is not allowed, line 1, column 7$/ },
  { name: '2 MiB', text: `env: [{name: A, value: ${'x'.repeat(2 ** 21)}}]`, says: /2097\d{3} characters .*line 1/ },
  {
    name: 'a section twice',
    text: 'env: []\nenv: []',
    says: /environment\.env stands there twice .*line 2, column 1$/,
  },
  { name: 'a field twice', text: 'env: [{name: A, name: B, value: 1}]', says: /env\[0\]\.name stands there twice/ },
  { name: 'an unknown section', text: 'envs: []', says: /environment\.envs is not known .*line 1, column 1$/ },
  { name: 'a section that is a map', text: 'juju: {a: b}', says: /environment\.juju is a map .*line 1, column 7$/ },
  {
    name: 'an entry that is a text',
    text: 'vault: [x]',
    says: /environment\.vault\[0\] is a single value .*column 9$/,
  },
  {
    name: 'a name that is a list',
    text: 'env: [{name: [A], value: 1}]',
    says: /env\[0\]\.name is a list .*column 14$/,
  },
  { name: 'an unknown field', text: 'env: [{name: A, value: 1, x: 2}]', says: /env\[0\]\.x is not known .*column 27$/ },
  { name: 'a field that is missing', text: 'env: [{name: A}]', says: /env\[0\] lacks value .*column 7$/ },
  {
    name: 'an id that is none',
    text: 'juju: [{secret-id: mine}]',
    says: /juju\[0\]\.secret-id is "mine" .*column 20$/,
  },
  { name: 'a NUL', text: 'env: [{name: A, value: "\\0"}]', says: /env\[0\]\.value holds a NUL .*column 24$/ },
  {
    name: 'a reserved name from Vault',
    text: 'vault: [{path: p, name: TWC_X, key: k}]',
    says: /reserved prefix 'TEMPORAL_' or 'TWC_' — environment\.vault\[0\]\.name, line 1, column 25$/,
  },
  {
    name: 'half of a key of a secret',
    text: `juju: [{secret-id: ${secretId}, key: k}]`,
    says: /juju\[0\] lacks name .*column 8$/,
  },
  { name: 'too many levels', text: `env: ${'['.repeat(200)}${']'.repeat(200)}`, says: /nested more than 100 deep/ },
  { name: 'a bracket that stays open', text: 'env: [', says: /a bracket is not closed, line 1/ },
  { name: "a program's own tag", text: 'env: !!python/name:os []', says: /tag .* is not understood, line 1/ },
];
