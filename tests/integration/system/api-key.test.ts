import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificates } from '../worker-kit/certificates.ts';
import { startTokenGate, type TokenGate } from '../worker-kit/token-gate.ts';
import { activeMessage, type Spine, unit, withTemporal, worker } from './spine.ts';

const key = 'the-right-api-key-7f3a';
let spine: Spine;
let gate: TokenGate;
let secret: string;

/** A real server behind a proxy that speaks TLS and lets in nobody without the key, as Temporal Cloud does. */
beforeAll(async () => {
  spine = await withTemporal();
  const { system, address } = spine;
  const { ca, server } = await makeCertificates(system.root, 'gate');
  gate = await startTokenGate(
    address,
    (authorization) => (authorization === `Bearer ${key}` ? undefined : 'the API key is not good'),
    server,
  );
  const file = join(system.root, 'key.yaml');
  writeFileSync(file, `api-key: ${key}\n`);
  secret = (await system.do('add-secret', 'cloud', `--file=${file}`)).trim();
  const config = { host: gate.address, 'tls-root-cas': ca, 'api-key-secret-id': secret };
  await system.do(
    'deploy',
    worker,
    '--resource',
    `temporal-worker-image=${join(import.meta.dirname, '../../../sample')}`,
  );
  await system.do('grant-secret', 'cloud', worker);
  await configure(config);
});
afterAll(async () => {
  await gate?.close();
  await spine?.system.close();
});

async function configure(config: Record<string, string>): Promise<void> {
  const { system } = spine;
  const file = join(system.root, 'worker.yaml');
  const all = { queue: 'test-queue', namespace: 'test', ...config };
  writeFileSync(file, JSON.stringify({ [worker]: all }));
  await system.do('config', worker, `--file=${file}`);
}

const messageOf = async () => (await spine.system.unit(unit))['workload-status'].message ?? '';

test('with an API key the worker and the look of the charm both get through, and a workflow ends', async () => {
  await spine.system.waitForUnit(unit, `workload-status=="active" && workload-message=="${activeMessage}"`);
  expect(gate.tokens).toEqual(new Set([`Bearer ${key}`]));
  expect((await spine.greet('Ada')).stdout).toBe('Hello, Ada!\n');
});

test('a key that is not good is told as what it is, and the unit is not active; the right one heals', async () => {
  const { system } = spine;
  const file = join(system.root, 'key.yaml');
  writeFileSync(file, 'api-key: a-wrong-key-1b2c\n');
  await system.do('update-secret', 'cloud', `--file=${file}`);
  const told = await system.waitForWords(unit, 'the server denied the question: the API key is not good');
  expect(told.current).toBe('waiting');
  expect(gate.counts.refused).toBeGreaterThan(0);
  writeFileSync(file, `api-key: ${key}\n`);
  await system.do('update-secret', 'cloud', `--file=${file}`);
  await system.waitForUnit(unit, `workload-status=="active" && workload-message=="${activeMessage}"`);
  for (const shown of [await messageOf(), await system.do('debug-log', '--replay', '--no-tail')])
    expect(shown).not.toMatch(/a-wrong-key-1b2c|the-right-api-key-7f3a/);
});
