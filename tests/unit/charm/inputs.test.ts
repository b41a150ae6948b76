import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { readInputs } from '../../../charm/inputs.ts';
import { outlook } from '../../../charm/outlook.ts';
import { joinProblems } from '../../../charm/problem.ts';
import { questions } from '../../../charm/questions.ts';
import { reconcile } from '../../../charm/reconcile.ts';
import { reveal, Secret } from '../../../charm/secret.ts';
import { steps } from '../../../charm/steps.ts';
import type { Config } from '../../../charm/types.ts';
import type { SecretAnswer } from '../../../charm/user-secrets/answers.ts';
import { parseEnvironment } from '../../../src/agent/environment-text.ts';
import { ago, config, facts, running } from './facts.ts';

const id = 'd0aaaaaaaaaaaaaaaaaa';
const since = ago(5000);

function content(texts: Readonly<Record<string, string>>): SecretAnswer {
  const secrets = Object.entries(texts).map(([key, text]) => [key, new Secret(text, `f-${text}`)] as const);
  return { kind: 'content', content: Object.fromEntries(secrets) };
}

/** A unit with this option `environment` and these secrets. */
function unit(environment: string, secrets: Readonly<Record<string, SecretAnswer>> = {}, options: Config = {}) {
  const all = config({ environment, ...options });
  return facts({ config: all, environment: parseEnvironment(environment), secrets });
}

function variables(...of: Parameters<typeof unit>): Readonly<Record<string, string>> {
  const { byHand } = readInputs(unit(...of));
  return Object.fromEntries(byHand.map(({ name, value }) => [name, reveal(value)]));
}

test('later sections win, and later entries inside each', () => {
  const environment = `env:
- {name: A, value: plain}
- {name: B, value: 1st}
- {name: B, value: 2nd}
juju:
- {secret-id: ${id}, name: A, key: key1}
- secret-id: ${id}
`;
  expect(variables(environment, { [id]: content({ key1: 'one', 'access-token': 'two' }) })).toEqual({
    A: 'one',
    B: '2nd',
    KEY1: 'one',
    ACCESS_TOKEN: 'two',
  });
});

test('reads the option first, then each secret once, in whatever spelling it is named', () => {
  const environment = `juju:\n- secret-id: ${id}\n- {secret-id: secret:${id}, name: A, key: key1}\n`;
  const bare = facts({ config: config({ environment }) });
  expect(questions(bare, outlook(bare), new Set())).toEqual(['environment']);
  const read = unit(environment);
  expect(questions(read, outlook(read), new Set(['environment']))).toEqual(['secrets']);
  expect(readInputs(read).secretIds).toEqual([id]);
});

test.each([
  {
    name: 'a secret that is not there',
    answer: { kind: 'not found' },
    message: `Juju secret \`secret:${id}\` not found — secrets lists those that there are`,
  },
  {
    name: 'a secret that was not granted',
    answer: { kind: 'not granted' },
    message: `Access permission not granted to charm for secret \`secret:${id}\` — run: grant-secret ${id} worker`,
  },
  {
    name: 'a secret that Juju could not read',
    answer: { kind: 'unknown', why: 'backend is down' },
    message: `cannot read secret \`secret:${id}\`: backend is down`,
  },
  {
    name: 'a key that is not there',
    answer: content({ key2: 'v' }),
    message: `Error parsing secrets env: 'key1' — environment.juju[0].key: secret \`secret:${id}\` has no such key (it has key2)`,
  },
] as const)('$name blocks, and the unit looks again by itself', ({ answer, message }) => {
  const environment = `juju:\n- {secret-id: secret:${id}, name: A, key: key1}\n`;
  const desired = reconcile(unit(environment, { [id]: answer }));
  expect(desired).toMatchObject({ status: { name: 'blocked', message }, lookAgain: true, layer: null });
});

test('a malformed option blocks and waits for the next config-changed', () => {
  expect(reconcile(unit('env: 1'))).toMatchObject({ status: { name: 'blocked' }, lookAgain: false });
});

test('a variable that no process could be given blocks', () => {
  const value = 'x'.repeat(140_000);
  expect(joinProblems(readInputs(unit(`env:\n- {name: A, value: ${value}}\n`)).problems)).toBe(
    'cannot pass environment variable A: 140002 bytes (at most 131071; use a file)',
  );
  const entries = Array.from({ length: 20 }, (_, i) => `- {name: A${i}, value: ${'é'.repeat(50_000)}}`);
  expect(joinProblems(readInputs(unit(`env:\n${entries.join('\n')}\n`)).problems)).toBe(
    'cannot pass the environment: 2000090 bytes in all (at most 1900000)',
  );
});

const candid = {
  'auth-provider': 'candid',
  'candid-url': 'u',
  'candid-username': 'n',
  'candid-public-key': 'p',
  'candid-private-key': 'line 1\nline 2\n',
};

test.each([
  { name: 'candid', texts: candid, problem: '' },
  { name: 'an encryption key and nothing else', texts: { 'encryption-key': 'k' }, problem: '' },
  {
    name: 'keys without a provider',
    texts: { 'candid-url': 'u' },
    problem: 'Invalid config: auth-provider value missing from auth-secret',
  },
  {
    name: 'an empty provider',
    texts: { 'auth-provider': '', 'encryption-key': 'k' },
    problem: 'Invalid config: auth-provider value missing from auth-secret',
  },
  {
    name: 'another provider',
    texts: { 'auth-provider': 'okta' },
    problem: 'Invalid config: auth-provider not supported',
  },
  {
    name: 'candid without two of its keys',
    texts: { 'auth-provider': 'candid', 'candid-url': 'u', 'candid-public-key': 'p' },
    problem: 'Invalid config: candid-username value missing; candid-private-key value missing',
  },
  {
    name: 'keys of both providers',
    texts: { ...candid, 'oidc-client-id': 'c' },
    problem:
      'cannot use the auth secret: its auth-provider is candid and it has oidc-client-id as well (remove them, or change auth-provider)',
  },
])('auth-secret-id: $name', ({ texts, problem }) => {
  const options = { 'auth-secret-id': `secret:${id}`, 'auth-provider': 'ignored' };
  const found = readInputs(unit('', { [id]: content({ ...texts, unrelated: 'x' }) }, options));
  expect(joinProblems(found.problems)).toBe(problem);
  if (problem === '') {
    const told = Object.entries(found.auth).map(([name, text]) => [name, reveal(text)]);
    expect(Object.fromEntries(told)).toEqual(texts);
  }
});

test('a secret is told by nothing that a decision prints, and kept by its fingerprint alone', () => {
  const environment = `juju:\n- secret-id: ${id}\n`;
  const told = unit(environment, { [id]: content({ token: 'hunter2' }) });
  const seen = outlook(told);
  const desired = reconcile(told, seen);
  const todo = steps(told, desired, seen);
  expect(todo.map((step) => step.do)).toEqual(['add-layer', 'replan']);
  expect(reveal(desired.layer?.services['temporal-worker']?.environment.TOKEN ?? '')).toBe('hunter2');
  for (const printed of [
    JSON.stringify(todo),
    inspect(todo, { depth: 9 }),
    JSON.stringify(told),
    inspect(told, { depth: 9 }),
  ]) {
    expect(printed).not.toContain('hunter2');
  }
});

test('a new revision restarts the worker only when a value that it is told has changed', () => {
  const options = { environment: `juju:\n- {secret-id: ${id}, name: A, key: key1}\n` };
  const of = (texts: Readonly<Record<string, string>>) => ({
    environment: parseEnvironment(options.environment),
    secrets: { [id]: content(texts) },
  });
  const before = running({ since, config: config(options), over: of({ key1: 'a', key2: 'b' }) });
  const doing = (over: object) => {
    const changed = { ...before, ...over };
    return steps(changed, reconcile(changed)).map((step) => step.do);
  };
  expect(doing(of({ key1: 'a', key2: 'other' }))).not.toContain('replan');
  expect(doing(of({ key1: 'new', key2: 'b' }))).toEqual(['add-layer', 'replan']);
});

test('warns, once for each change, of names that a start script may lose on the way to the worker', () => {
  const told = unit(
    `env: [{name: key1, value: a}, {name: key3-example, value: b}]\njuju: [{secret-id: ${id}, name: 1st, key: k}, {secret-id: ${id}}]`,
    { [id]: content({ k: 'one', 'access-token': 'two' }) },
  );
  const why =
    'a start script with #!/bin/sh may lose it, for dash drops names that are no identifiers (use #!/bin/bash, or letters, digits and _ alone)';
  const warnings = [`environment.env[1].name is "key3-example": ${why}`, `environment.juju[0].name is "1st": ${why}`];
  expect(readInputs(told)).toMatchObject({ problems: [], warnings });
  expect(reconcile({ ...told, done: { ...told.done, service: 'tag' } }).warnings).toEqual(warnings);
  expect(reconcile(told).warnings).toEqual([]);
});

test('problems that a status has no room for are told in the log, once', () => {
  const many = unit(`env: [${Array.from({ length: 12 }, (_, at) => `{name: "", value: ${at}}`).join(', ')}]`);
  const { status, warnings } = reconcile(many);
  expect(status?.message).toMatch(/environment\.env\[9\]\.name is empty .*; and 2 more$/);
  expect(warnings.map((text) => /env\[\d+\]/.exec(text)?.[0])).toEqual(['env[10]', 'env[11]']);
  expect(reconcile({ ...many, status: status as never }).warnings).toEqual([]);
});

test.each([id, `secret:${id}`, `secret://cdac5656-2423-4388-8f30-41854b4cca7d/${id}`])(
  'a secret is found by the id as %s, and the command that grants it is told with the bare one',
  (spelt) => {
    const environment = `juju: [{secret-id: "${spelt}", name: A, key: k}]`;
    expect(variables(environment, { [id]: content({ k: 'one' }) })).toEqual({ A: 'one' });
    const { problems } = readInputs(unit(environment, { [id]: { kind: 'not granted' } }));
    expect(joinProblems(problems)).toBe(
      `Access permission not granted to charm for secret \`${spelt}\` — run: grant-secret ${id} worker`,
    );
  },
);
