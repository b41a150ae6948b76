import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { daemons } from './daemons.ts';
import { refusalOf } from './refusal.ts';

const local = { 'user-id': 4242 };
const named = (name: string): string =>
  `400 invalid identity for "${name}": identity name "" invalid: must start with an alphabetic character and only contain alphanumeric characters, underscore, and hyphen`;
const refused = (why: string): string => `400 invalid identity for "x": ${why}`;

describe.each(daemons)('the identity commands of $name', ({ start }) => {
  test('read files, and say how many they have changed', async () => {
    await using daemon = await start();
    const dir = mkdtempSync(join(tmpdir(), 'identities-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const run = async (...argv: string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await daemon.pebble(...argv);
      return `${exitCode}|${stdout}|${stderr}`;
    };
    const file = (yaml: string): string => {
      writeFileSync(join(dir, 'identities.yaml'), yaml);
      return join(dir, 'identities.yaml');
    };
    expect(await run('identities')).toBe('0||No identities.\n');
    const two = file(
      'identities: {y: {access: read, local: {user-id: 4242}}, m: {access: metrics, basic: {password: hash}}}',
    );
    expect(await run('add-identities', '--from', two)).toBe('0|Added 2 new identities.\n|');
    expect(await run('add-identities', '--from', two)).toBe('1||error: identities already exist: m, y\n');
    expect(await run('identities')).toBe('0|Name  Access   Types\nm     metrics  basic\ny     read     local\n|');
    expect(await run('identity', 'y')).toBe('0|access: read\nlocal:\n    user-id: 4242\n|');
    expect(await run('identity', 'z')).toBe('1||error: cannot find identity "z"\n');
    const one = file('identities: {y: {access: untrusted, local: {user-id: 4343}}}');
    expect(await run('update-identities', '--from', one)).toBe('0|Updated 1 identity.\n|');
    expect(await run('update-identities', '--replace', '--from', one)).toBe('0|Replaced 1 identity.\n|');
    expect(await run('remove-identities', '--from', file('identities: {y: null, m: null}'))).toBe(
      '0|Removed 2 identities.\n|',
    );
    expect(await run('remove-identities', '--from', file('{}'))).toBe(
      '1||error: no identities to add; did you forget the top-level "identities" key?\n',
    );
    expect(await run('remove-identities', '--from', join(dir, 'none'))).toBe(
      `1||error: open ${join(dir, 'none')}: no such file or directory\n`,
    );
  });
});

describe.each(daemons)('identities of $name', ({ start }) => {
  test('are refused unless they say who and what', async () => {
    await using daemon = await start();
    const add = (identities: object): Promise<string> => {
      return refusalOf(daemon.client.call('POST', '/v1/identities', { action: 'add', identities }));
    };
    expect(await add({ 'a b': { access: 'read', local } })).toBe(named('a b'));
    expect(await add({ '': { access: 'read', local } })).toBe(named(''));
    expect(await add({ '-a': { access: 'read', local } })).toBe(named('-a'));
    expect(await add({ x: { local } })).toBe(
      refused('access value must be specified ("admin", "read", "metrics", or "untrusted")'),
    );
    expect(await add({ x: { access: 'all', local } })).toBe(
      refused('invalid access value "all", must be "admin", "read", "metrics", or "untrusted"'),
    );
    expect(await add({ x: { access: 'read' } })).toBe(
      refused('identity must have at least one type ("local", "basic", or "cert")'),
    );
    expect(await add({ x: { access: 'read', local: {} } })).toBe(refused('local identity must specify user-id'));
    expect(await add({ x: { access: 'metrics', basic: {} } })).toBe(
      refused('basic identity must specify password (hashed)'),
    );
    expect(await add({ x: { access: 'admin', cert: { pem: 'no certificate' } } })).toBe(
      refused('cert identity must include a PEM-encoded certificate'),
    );
    expect(await daemon.client.call('GET', '/v1/identities').then(({ result }) => result)).toEqual({});
  });

  test('have user ids of their own, and are changed together or not at all', async () => {
    await using daemon = await start();
    const post = (action: string, identities: object): Promise<string> => {
      return refusalOf(daemon.client.call('POST', '/v1/identities', { action, identities }));
    };
    const all = async (): Promise<unknown> => (await daemon.client.call('GET', '/v1/identities')).result;
    const other = { 'user-id': 4343 };
    expect(await post('add', { a: { access: 'read', local }, b: { access: 'read', local } })).toBe(
      '400 cannot have multiple identities with user ID 4242 (a, b)',
    );
    expect(await post('add', { a: { access: 'read', local } })).toBe('accepted');
    expect(await post('add', { c: { access: 'read', local: other }, a: { access: 'read', local } })).toBe(
      '400 identities already exist: a',
    );
    expect(await post('replace', { b: { access: 'read', local } })).toBe(
      '400 cannot have multiple identities with user ID 4242 (a, b)',
    );
    expect(await post('replace', { a: null, b: { access: 'metrics', local, basic: { password: 'hash' } } })).toBe(
      'accepted',
    );
    expect(await post('update', { a: { access: 'read', local: other } })).toBe('400 identities do not exist: a');
    expect(await post('update', { b: null })).toBe('400 identity value for "b" must not be null for update operation');
    expect(await post('remove', { b: { access: 'read', local } })).toBe(
      '400 identity value for "b" must be null for remove operation',
    );
    expect(await post('forget', { b: null })).toBe(
      '400 invalid action "forget", must be "add", "update", "replace", or "remove"',
    );
    expect(await all()).toEqual({ b: { access: 'metrics', local, basic: { password: '*****' } } });
    expect(await post('remove', { b: null })).toBe('accepted');
    expect(await all()).toEqual({});
  });
});
