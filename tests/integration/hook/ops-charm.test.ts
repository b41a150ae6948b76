import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import type { HookEvent } from '../../../src/controller/hook/event.ts';
import { runHook } from '../../../src/controller/hook/run.ts';
import { type HookServer, openHookServer } from '../../../src/controller/hook/server.ts';
import { type MemoryFacts, MemoryModel } from '../../unit/controller/hook/memory-model.ts';

const home = mkdtempSync(join(tmpdir(), 'ops-charm-'));
const python = await makePython();
const server: HookServer | null = python ? await openHookServer({ dir: join(home, 'hook') }) : null;

afterAll(async () => {
  await server?.close();
  await rm(home, { recursive: true });
});

/** A Python that has ops, or null (said aloud) where none can be had. */
async function makePython(): Promise<string | null> {
  const venv = join(home, 'venv');
  try {
    execFileSync('python3', ['-m', 'venv', venv], { stdio: 'pipe' });
    await promisify(execFile)(join(venv, 'bin/pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      'ops>=2.21,<4',
    ]);
    return join(venv, 'bin/python');
  } catch (error) {
    console.warn(`skipped: a charm written with ops cannot be hosted here: ${(error as Error).message.split('\n')[0]}`);
    return null;
  }
}

const charmDir = join(home, 'charm');
cpSync(new URL('../../fixtures/ops-charm', import.meta.url).pathname, charmDir, { recursive: true });
writeFileSync(join(charmDir, 'dispatch'), `#!/bin/sh\nexec ${python} src/charm.py\n`);
chmodSync(join(charmDir, 'dispatch'), 0o755);

async function run(event: HookEvent, facts: MemoryFacts = {}) {
  const model = new MemoryModel({ config: { 'log-level': 'debug', rate: 1 }, units: { w: ['w/0'] }, ...facts });
  const how = { kind: 'process', charmDir, server: server!, containersDir: home, jujuVersion: '3.6.13' } as const;
  const outcome = await runHook({ model, unit: 'w/0', event, how });
  const said = model.logged
    .filter((line) => line.level === 'WARNING' || line.level === 'ERROR')
    .map((line) => line.message);
  return { model, outcome, said, message: model.unitStatus('w/0').message };
}

test.skipIf(!python)('installs, defers an event into the charm state, and gets it again', async () => {
  const first = await run({ hook: 'install' });
  expect([first.outcome.kind, first.said, first.message]).toEqual(['ok', [], 'install']);
  expect(first.model.versions.get('w/0')).toBe('1.2');
  const [commit] = first.model.commits;
  expect(commit?.portsOpened.toSorted()).toEqual(['53/udp', '8080/tcp']);
  const state = Object.fromEntries(
    Object.entries(commit?.state ?? {}).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  const second = await run({ hook: 'config-changed' }, { state, ports: ['53/udp', '8080/tcp'] });
  expect([second.outcome.kind, second.said]).toEqual(['ok', []]);
  expect(second.message).toBe(`install | config debug 1 | ${'t'.repeat(10)} | 1`);
  expect(second.model.commits[0]?.secretsAdded).toMatchObject([
    { owner: 'unit-w-0', label: 'nonce', description: 'd' },
  ]);
});

const theirs = '9m4e2mr0ui3e8a215n4g';
const related: MemoryFacts = {
  relations: [{ id: 7, endpoint: 'database', remoteApp: 'pg', remoteUnits: ['pg/0', 'pg/1'] }],
  databags: {
    '7 w/0': { 'ingress-address': '127.0.0.7' },
    '7 w': {},
    '7 pg/0': { host: 'db.local' },
    '7 pg': { secret: `secret:${theirs}` },
  },
  secrets: {
    [theirs]: {
      owner: 'application-pg',
      revisions: [{ password: 'pw' }],
      grants: [{ target: 'application-w', relation: 7 }],
    },
  },
};

test.skipIf(!python)('reads and writes databags, secrets and the network', async () => {
  const relation = { endpoint: 'database', id: 7, remoteApp: 'pg', remoteUnit: 'pg/0' };
  const { model, outcome, said, message } = await run({ hook: 'database-relation-changed', relation }, related);
  expect([outcome.kind, said]).toEqual(['ok', []]);
  expect(message).toBe('RelationDataAccessError | pw | db.local! 127.0.0.7 2');
  const [commit] = model.commits;
  const own = commit?.secretsAdded[0];
  expect(own?.owner).toBe('application-w');
  expect(commit?.secretsGranted).toEqual([{ id: own?.id, grant: { target: 'application-pg', relation: 7 } }]);
  expect(commit?.settings).toEqual(
    expect.arrayContaining([
      { relation: 7, entity: 'w/0', changes: { answer: 'db.local!', own: `secret:${own?.id}` } },
      { relation: 7, entity: 'w', changes: { leader: 'yes\nyes' } },
    ]),
  );
});

test.skipIf(!python)('is told of a new revision', async () => {
  const { outcome, said, message } = await run(
    { hook: 'secret-changed', secret: { uri: `secret:${theirs}`, label: '' } },
    related,
  );
  expect([outcome.kind, said, message]).toEqual(['ok', [], 'pw']);
});

test.skipIf(!python)('runs an action that logs, sets and fails', async () => {
  const { model, outcome, said } = await run({ hook: '', action: { name: 'backup', task: '5', params: { to: 's3' } } });
  expect(said).toEqual([]);
  expect(outcome).toEqual({
    kind: 'action',
    status: 'failed',
    message: 'no space',
    results: { where: { to: 's3' }, 'return-code': 0 },
  });
  expect(model.taskLogs).toEqual([{ task: '5', message: 'half way' }]);
});

test.skipIf(!python)('passes over an event that it does not know', async () => {
  const storage = { id: 'certs/0', kind: 'filesystem', location: home };
  for (const event of [{ hook: 'certs-storage-attached', storage }, { hook: 'never-heard-of-it' }]) {
    const { outcome, said } = await run(event);
    expect([event.hook, outcome.kind, said]).toEqual([event.hook, 'ok', []]);
  }
});
