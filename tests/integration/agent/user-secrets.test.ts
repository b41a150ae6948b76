import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { MemoryFacts, MemorySecret } from '../../unit/controller/hook/memory-model.ts';
import { unitWith } from './large-environment.ts';
import { type PackedUnit, packedUnit } from './packed-unit.ts';

const id = 'd0aaaaaaaaaaaaaaaaaa';
const granted = [{ target: 'application-w', relation: null }];
const environment = `juju:\n- {secret-id: secret:${id}, name: TOKEN, key: key1}\n`;

let unit: PackedUnit | undefined;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
});
afterEach(async () => {
  await unit?.[Symbol.asyncDispose]();
  unit = undefined;
});

function userSecret(over: Partial<MemorySecret> = {}): MemorySecret {
  return { owner: 'model-cdac5656', grants: granted, revisions: [{ key1: 'hunter2', key2: 'b' }], ...over };
}

async function start(secrets: NonNullable<MemoryFacts['secrets']>, config: NonNullable<MemoryFacts['config']>) {
  unit = await packedUnit({ facts: { secrets, config } });
  return unit;
}

test('a grant that comes late heals by the tick, which runs until then', async () => {
  const secret = userSecret({ grants: [] });
  const it = await start({ [id]: secret }, {});
  await it.untilStatus(/^active/);
  it.setConfig({ environment });
  await it.run();
  expect(it.status()).toBe(
    `blocked: Access permission not granted to charm for secret \`secret:${id}\` — run: grant-secret ${id} w`,
  );
  const [tick] = await it.supervisor.client.checks({ names: ['look-again'] });
  expect(tick?.status).not.toBe('inactive');
  expect(await it.environment()).not.toHaveProperty('TOKEN');
  secret.grants = granted;
  await it.untilStatus(/^active/);
  expect(await it.environment()).toMatchObject({ TOKEN: 'hunter2' });
  const [stopped] = await it.supervisor.client.checks({ names: ['look-again'] });
  expect(stopped?.status).toBe('inactive');
});

test('a new revision restarts the worker only when a value that it is told has changed', async () => {
  const secret = userSecret();
  const it = await start({ [id]: secret }, { environment });
  await it.untilStatus(/^active/);
  const started = await it.startedAt();
  secret.revisions.push({ key1: 'hunter2', key2: 'other' });
  await it.run({ hook: 'secret-changed', secret: { uri: `secret:${id}`, label: '' } });
  expect(await it.startedAt()).toBe(started);
  secret.revisions.push({ key1: 'hunter3', key2: 'other' });
  await it.run({ hook: 'secret-changed', secret: { uri: `secret:${id}`, label: '' } });
  await it.untilStatus(/^active/);
  expect(await it.startedAt()).not.toBe(started);
  expect(await it.environment()).toMatchObject({ TOKEN: 'hunter3' });
});

test('a secret that is taken away blocks, and the worker runs on as it is', async () => {
  const secret = userSecret();
  const it = await start({ [id]: secret }, { environment });
  await it.untilStatus(/^active/);
  const started = await it.startedAt();
  secret.grants = [];
  await it.run();
  expect(it.status()).toMatch(/^blocked: Access permission not granted/);
  expect(await it.startedAt()).toBe(started);
  expect(await it.environment()).toMatchObject({ TOKEN: 'hunter2' });
});

test('an unchanged dispatch with secrets writes nothing, and no text of one is kept or said', async () => {
  const auth = { owner: 'model-cdac5656', grants: granted, revisions: [{ 'encryption-key': 'line 1\nline 2\n' }] };
  const other = 'd0bbbbbbbbbbbbbbbbbb';
  const config = { environment, 'auth-secret-id': other };
  const it = await start({ [id]: userSecret(), [other]: auth }, config);
  await it.untilStatus(/^active/);
  expect(await it.environment()).toMatchObject({ TWC_ENCRYPTION_KEY: 'line 1\nline 2\n', TOKEN: 'hunter2' });
  const commits = it.model.commits.length;
  await it.run({ hook: 'update-status' });
  const { state, ...writes } = it.model.commits[commits] ?? {};
  expect(state).toEqual({});
  expect(Object.values(writes).flat()).toEqual([]);
  const kept = JSON.stringify([it.model.charmState(), it.model.logged, it.status()]);
  expect(kept).not.toMatch(/hunter2|line 1/);
  const key = join(it.charmDir, '.fingerprint-key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(kept).not.toContain(readFileSync(key).toString('hex'));
});

test('1,000 variables from 100 secrets cost one hook command for each secret', async () => {
  unit = await unitWith({ variables: 1000, secrets: 100 });
  const read: string[] = [];
  const { model } = unit;
  const content = model.secretContent.bind(model);
  model.secretContent = (secret, revision) => {
    read.push(secret);
    return content(secret, revision);
  };
  await unit.untilStatus(/^active/);
  expect((await unit.environment()).V1).toBe('text of d0000000000000000001');
  read.length = 0;
  await unit.run({ hook: 'update-status' });
  expect(read).toHaveLength(100);
  expect(new Set(read).size).toBe(100);
});
