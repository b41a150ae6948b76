import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../supervisor/run-supervisor.ts';
import { type Certificates, makeCertificates } from '../worker-kit/certificates.ts';
import { type PackedUnit, packedUnit } from './packed-unit.ts';

const id = 'd0aaaaaaaaaaaaaaaaaa';
const directory = '/var/lib/temporal-worker/tls';
const grants = [{ target: 'application-w', relation: null }];
/** Says which certificate it was given, and again at SIGHUP. */
const worker = `#!/bin/sh
say() { echo "has $(cksum <"$TEMPORAL_TLS_CLIENT_CERT_PATH")"; }
trap say HUP
say
while :; do sleep 0.05; done
`;

let home: string;
let first: Certificates;
let second: Certificates;
let unit: PackedUnit | undefined;

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
  home = mkdtempSync(join(tmpdir(), 'tls-'));
  [first, second] = await Promise.all([makeCertificates(home, 'one'), makeCertificates(home, 'two')]);
});
afterEach(async () => {
  await unit?.[Symbol.asyncDispose]();
  unit = undefined;
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function contentOf({ ca, client }: Certificates): Record<string, string> {
  return { 'client-cert': client.cert, 'client-key': client.key, 'server-ca': ca, 'server-name': 'temporal.example' };
}

async function start(rotation: string) {
  const secret = { owner: 'model-m', grants, revisions: [contentOf(first)] };
  const config = { 'tls-secret-id': `secret:${id}`, 'tls-rotation': rotation };
  unit = await packedUnit({ facts: { secrets: { [id]: secret }, config }, worker });
  // The certificates of these tests live for two days; which ends first depends on the second in which each was made.
  await unit.untilStatus(/^active: worker listening .* — (client|server CA) certificate expires in 1 day/);
  const it = unit;
  // Not before it can be asked again by SIGHUP.
  await eventually('the worker to say what it has', async () => (await saidBy(it)) === 1, 60_000);
  return { it, secret };
}

async function saidBy(it: PackedUnit): Promise<number> {
  const entries = await it.supervisor.client.logs({ n: 100 });
  return new Set(entries.map(({ message }) => message).filter((message) => message.startsWith('has '))).size;
}

test('the worker finds files that nobody else may read, and a new revision restarts it', async () => {
  const { it, secret } = await start('restart');
  const files = await it.supervisor.client.listFiles(directory);
  expect(files.map(({ name, permissions }) => `${name} ${permissions}`).sort()).toEqual([
    'client-cert.pem 600',
    'client-key.pem 600',
    'server-ca.pem 600',
  ]);
  expect((await it.supervisor.client.pullFile(`${directory}/client-key.pem`)).toString()).toBe(first.client.key);
  const started = await it.startedAt();
  secret.revisions.push(contentOf(second));
  await it.run({ hook: 'secret-changed', secret: { uri: `secret:${id}`, label: '' } });
  await it.untilStatus(/^active/);
  expect(await it.startedAt()).not.toBe(started);
  expect((await it.supervisor.client.pullFile(`${directory}/client-key.pem`)).toString()).toBe(second.client.key);
  const commits = it.model.commits.length;
  await it.run({ hook: 'update-status' });
  expect(it.model.commits[commits]?.state).toEqual({});
});

test('with tls-rotation=signal the worker gets SIGHUP and runs on', async () => {
  const { it, secret } = await start('signal');
  const started = await it.startedAt();
  secret.revisions.push(contentOf(second));
  await it.run({ hook: 'secret-changed', secret: { uri: `secret:${id}`, label: '' } });
  await eventually('the worker to say what it has now', async () => (await saidBy(it)) > 1, 60_000);
  expect(await saidBy(it)).toBe(2);
  expect(await it.startedAt()).toBe(started);
});

test('with tls-rotation=none the files are replaced, and the worker is left to find them', async () => {
  const { it, secret } = await start('none');
  const started = await it.startedAt();
  secret.revisions.push(contentOf(second));
  await it.run({ hook: 'secret-changed', secret: { uri: `secret:${id}`, label: '' } });
  expect((await it.supervisor.client.pullFile(`${directory}/client-key.pem`)).toString()).toBe(second.client.key);
  const changes = await it.supervisor.client.changes({ select: 'all' });
  expect(changes.map(({ kind }) => kind)).not.toContain('restart');
  expect([await saidBy(it), await it.startedAt()]).toEqual([1, started]);
});

test('a client certificate and an API key together are refused with the way out', async () => {
  const key = 'd0bbbbbbbbbbbbbbbbbb';
  const tls = { owner: 'model-m', grants, revisions: [contentOf(first)] };
  const api = { owner: 'model-m', grants, revisions: [{ 'api-key': 'hunter2' }] };
  const config = { 'tls-secret-id': id, 'api-key-secret-id': key };
  unit = await packedUnit({ facts: { secrets: { [id]: tls, [key]: api }, config }, worker });
  await unit.run();
  expect(unit.status()).toBe(
    'blocked: cannot use both an API key and a client certificate: a Temporal endpoint takes one of them (reset api-key-secret-id, or take client-cert and client-key out of the TLS secret)',
  );
  unit.setConfig({ 'api-key-secret-id': '' });
  await unit.untilStatus(/^active/);
});

test('a key that does not fit its certificate blocks, and the worker keeps what it has', async () => {
  const { it, secret } = await start('restart');
  const started = await it.startedAt();
  secret.revisions.push({ ...contentOf(first), 'client-key': second.client.key });
  await it.run();
  expect(it.status()).toBe('blocked: cannot use the TLS secret: client-key is not the key of client-cert');
  secret.revisions.push({ 'server-ca': 'no certificate' });
  await it.run();
  expect(it.status()).toBe('blocked: cannot use the TLS secret: server-ca is no certificate in PEM');
  expect(await it.startedAt()).toBe(started);
  it.setConfig({ 'tls-secret-id': '' });
  await it.untilStatus(/^active: worker listening to namespace 'ns' on queue 'q'$/);
  expect(await it.supervisor.client.listFiles(directory).catch(() => [])).toEqual([]);
});
