import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { portHolder } from '../../../src/companions/port-holder.ts';
import { frontendServes } from '../../../src/companions/temporal-k8s/frontend.ts';
import { freePort, System } from '../system/system.ts';

let system: System;
let port: number;
let uiPort: number;
const unit = 'temporal-k8s/0';

beforeAll(async () => {
  system = new System();
  [port, uiPort] = await Promise.all([freePort(), freePort()]);
});
afterAll(() => system?.close());

const workload = async () => (await system.unit(unit))['workload-status'];
const active = () => system.waitForUnit(unit, 'workload-status=="active"');
const cli = async (args: string) => system.run('run', unit, 'cli', `args=${args}`);

test('is active on its own port, and deploy tells where the UI is', async () => {
  const deployed = await system.run(
    'deploy',
    'temporal-k8s',
    '--config',
    `port=${port}`,
    '--config',
    `ui-port=${uiPort}`,
  );
  expect(deployed.code).toBe(0);
  expect(deployed.stdout + deployed.stderr).toContain(`Temporal Web UI: http://127.0.0.1:${uiPort}`);
  await active();
  expect(await frontendServes(port)).toBe(true);
  // The server begins with its frontend; the UI may come a moment later.
  const ui = () => fetch(`http://127.0.0.1:${uiPort}/`).then((answer) => answer.status);
  await expect.poll(ui, { timeout: 60_000 }).toBe(200);
  const { applications } = await system.status();
  expect(applications['temporal-k8s']!.version).toMatch(/^1\.\d+\.\d+$/);
  expect((await system.unit(unit))['open-ports']).toEqual([`${port}/tcp`]);
});

test('creates a namespace once', async () => {
  expect(await system.do('run', unit, 'create-namespace', 'name=test')).toContain('namespace "test" created');
  expect(await system.do('run', unit, 'create-namespace', 'name=test')).toContain('namespace "test" already exists');
});

test('fails an action with what the server said', async () => {
  const { stdout, stderr } = await system.run('run', unit, 'create-namespace', 'name=other', 'retention=never');
  expect(stdout + stderr).toContain('cannot create namespace "other": invalid argument "never" for "--retention" flag');
});

test('runs the temporal command line', async () => {
  expect((await cli("operator namespace describe --namespace 'test'")).stdout).toContain('command succeeded');
  const failed = await cli('workflow list --namespace nowhere');
  expect(failed.stdout + failed.stderr).toContain(
    'command failed: failed listing workflows: Namespace nowhere is not found.',
  );
});

test('comes back with its data when it is killed', async () => {
  const before = await portHolder(port);
  process.kill(before!.pid!, 'SIGKILL');
  await expect.poll(async () => (await portHolder(port))?.pid, { timeout: 120_000 }).not.toBe(before!.pid);
  await expect.poll(() => frontendServes(port), { timeout: 120_000 }).toBe(true);
  await active();
  expect(await system.do('run', unit, 'create-namespace', 'name=test')).toContain('namespace "test" already exists');
});

test('is blocked by whoever has its port, and heals when the port is changed', async () => {
  const thief = createServer().listen(0, '127.0.0.1');
  await once(thief, 'listening');
  const { port: taken } = thief.address() as { port: number };
  await system.do('config', 'temporal-k8s', `port=${taken}`);
  await system.waitForUnit(unit, 'workload-status=="blocked"');
  expect((await workload()).message).toBe(
    `cannot listen on 127.0.0.1:${taken}: port taken by pid ${process.pid} (${(await portHolder(taken))!.name}) (charmlet config temporal-k8s port=<free port>)`,
  );
  const refused = await system.run('run', unit, 'create-namespace', 'name=test');
  expect(refused.stdout + refused.stderr).toContain(
    `cannot run action "create-namespace": cannot listen on 127.0.0.1:${taken}`,
  );
  port = await freePort();
  await system.do('config', 'temporal-k8s', `port=${port}`);
  await active();
  thief.close();
  expect(await frontendServes(port)).toBe(true);
  expect((await system.unit(unit))['open-ports']).toEqual([`${port}/tcp`]);
});

test('survives stop with its data', async () => {
  await system.do('stop');
  expect(await portHolder(port)).toBeUndefined();
  expect(await system.do('run', unit, 'create-namespace', 'name=test')).toContain('namespace "test" already exists');
});
