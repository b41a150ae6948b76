import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PebbleClient } from '../../../src/pebble/client.ts';
import { endSupervisor, ensureSupervisor } from '../../../src/supervisor/launch.ts';
import { runningSupervisor } from '../../../src/supervisor/pid-file.ts';
import type { SupervisorSpec } from '../../../src/supervisor/spec.ts';
import { isRunning, replanned } from './run-supervisor.ts';

let root = '';
let spec: SupervisorSpec;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'launch-'));
  spec = {
    container: 'c',
    socket: join(root, 'r', 'pebble.socket'),
    dir: join(root, 'unit', 'containers', 'c'),
    workload: { kind: 'machine' },
    environment: { PATH: '/usr/bin:/bin' },
    namespace: 'auto',
    layers: [{ label: 'image', text: 'services: {w: {override: replace, command: sleep 1000, startup: enabled}}' }],
  };
});
afterEach(async () => {
  await endSupervisor(spec, { timeoutMs: 5000 });
  rmSync(root, { recursive: true, force: true });
});

test('a supervisor is started once, however many ask for it, and serves the layers of its image', async () => {
  const file = join(root, 'spec.json');
  const outcomes = await Promise.all([1, 2, 3].map(() => ensureSupervisor(file, spec)));
  expect(outcomes.filter(({ started }) => started)).toHaveLength(1);
  expect(await ensureSupervisor(file, spec)).toEqual({ started: false });
  expect((await new PebbleClient({ socket: spec.socket }).services()).map(({ name }) => name)).toEqual(['w']);
});

test('a supervisor that is ended takes its services along, and one that was killed leaves none behind either', async () => {
  const client = new PebbleClient({ socket: spec.socket });
  for (const signal of ['none', 'SIGKILL'] as const) {
    await ensureSupervisor(join(root, 'spec.json'), spec);
    await replanned(client, 'services: {w: {override: merge, environment: {A: b}}}');
    const { pid } = JSON.parse(readFileSync(join(spec.dir, 'processes', 'w.json'), 'utf8')) as { pid: number };
    const supervisor = runningSupervisor(spec.dir) as number;
    if (signal === 'SIGKILL') process.kill(supervisor, signal);
    await endSupervisor(spec);
    expect([isRunning(supervisor), isRunning(pid)]).toEqual([false, false]);
  }
});

test('a supervisor that cannot start says why', async () => {
  const layers = [{ label: 'image', text: 'nonsense: 1' }];
  await expect(ensureSupervisor(join(root, 'spec.json'), { ...spec, layers })).rejects.toThrow(
    /^cannot start the supervisor of container "c": it ended: .* cannot parse layer "image": unknown section "nonsense" \(see .*supervisor\.log\)$/,
  );
});

test('a socket file that nobody listens on is replaced', async () => {
  const file = join(root, 'spec.json');
  await ensureSupervisor(file, spec);
  process.kill(runningSupervisor(spec.dir) as number, 'SIGKILL');
  writeFileSync(join(root, 'unit', 'containers', 'c', 'supervisor.pid'), 'garbage');
  const client = new PebbleClient({ socket: spec.socket });
  while (await client.reachable()) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await ensureSupervisor(file, spec)).toEqual({ started: true });
});
