import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually, isRunning, replanned, runSupervisor } from './run-supervisor.ts';

const worker = `#!/bin/sh
echo "started $$"
trap 'echo "terminated $$"; exit 0' TERM
n=0
while :; do n=$((n + 1)); echo "tick $n"; sleep 0.1; done
`;
const layer = (environment = 'one') => `
services:
  w: {override: replace, command: /app/start.sh, startup: enabled, environment: {SETTING: ${environment}}}
`;

/** The pid of the newest start that has told it; of another one than `before`. */
function startedPid(client: { logs(o: object): Promise<{ message: string }[]> }, before = 0): Promise<number> {
  return eventually('the start line', async () => {
    const messages = (await client.logs({ services: ['w'], n: -1 })).map(({ message }) => message);
    const pid = Number(messages.findLast((message) => message.startsWith('started'))?.split(' ')[1] ?? before);
    return pid === before ? undefined : pid;
  });
}

for (const namespace of ['auto', 'never'] as const) {
  const start = namespace === 'auto' ? '/app/start.sh' : './app/start.sh';

  test(`a supervisor that is killed leaves the worker running, and the next one adopts it (namespace: ${namespace})`, async () => {
    await using supervisor = await runSupervisor({ namespace, files: { 'start.sh': worker } });
    const { client } = supervisor;
    const text = layer().replace('/app/start.sh', start);
    expect((await replanned(client, text)).err).toBeUndefined();
    const pid = await startedPid(client);
    const [before] = await client.services(['w']);

    supervisor.process.kill('SIGKILL');
    await once(supervisor.process, 'exit');
    expect(isRunning(pid)).toBe(true);
    await supervisor.restart();
    const change = await replanned(client, text);

    expect(change.tasks?.map((task) => task.log?.[0]?.replace(/^\S+ /, ''))).toEqual([
      'INFO Service "w" already started.',
    ]);
    expect(isRunning(pid)).toBe(true);
    expect(await client.services(['w'])).toEqual([before]);
    // It goes on writing, and its lines go on arriving.
    const newest = async () => Number(/^tick (\d+)$/.exec((await client.logs({ n: 1 }))[0]?.message ?? '')?.[1] ?? 0);
    const seen = await newest();
    await eventually('a further line', async () => (await newest()) > seen);
  });
}

test('a changed configuration restarts an adopted worker, once, and never beside the old one', async () => {
  await using supervisor = await runSupervisor({ files: { 'start.sh': worker } });
  const { client } = supervisor;
  await replanned(client, layer('one'));
  const old = await startedPid(client);
  supervisor.process.kill('SIGKILL');
  await once(supervisor.process, 'exit');
  await supervisor.restart();

  const change = await replanned(client, layer('two'));

  expect(change.err).toBeUndefined();
  expect(change.tasks?.map(({ summary, status }) => `${summary}: ${status}`)).toEqual([
    'Stop service "w": Done',
    'Start service "w": Done',
  ]);
  expect(isRunning(old)).toBe(false);
  expect(isRunning(await startedPid(client, old))).toBe(true);
});

test('the death of an adopted worker is noticed, and the plan then starts it again', async () => {
  await using supervisor = await runSupervisor({ files: { 'start.sh': worker } });
  const { client } = supervisor;
  await replanned(client, layer());
  const old = await startedPid(client);
  supervisor.process.kill('SIGKILL');
  await once(supervisor.process, 'exit');
  await supervisor.restart();
  await replanned(client, layer());

  process.kill(old, 'SIGKILL');

  expect(isRunning(await startedPid(client, old))).toBe(true);
});

test('a worker that died while nobody watched is not taken for running', async () => {
  await using supervisor = await runSupervisor({ files: { 'start.sh': worker } });
  const { client } = supervisor;
  await replanned(client, layer());
  const old = await startedPid(client);
  supervisor.process.kill('SIGKILL');
  await once(supervisor.process, 'exit');
  process.kill(old, 'SIGKILL');
  await eventually('the end of the worker', () => !isRunning(old));
  await supervisor.restart();
  await client.addLayer('test', layer(), { combine: true });

  expect(await client.services(['w'])).toEqual([{ name: 'w', startup: 'enabled', current: 'inactive' }]);
});

test('a supervisor that is asked to end stops its services first', async () => {
  await using supervisor = await runSupervisor({ files: { 'start.sh': worker } });
  const { client } = supervisor;
  await replanned(client, layer());
  const pid = await startedPid(client);

  supervisor.process.kill('SIGTERM');
  const [code] = await once(supervisor.process, 'exit');

  expect(code).toBe(0);
  expect(isRunning(pid)).toBe(false);
});

test('a second supervisor on the same directory is refused', async () => {
  await using supervisor = await runSupervisor();
  await expect(supervisor.restart()).rejects.toThrow(/another one serves/);
});

test('custom notices, and the numbering of changes, survive the death of the supervisor; the boot id does not', async () => {
  await using supervisor = await runSupervisor();
  const { client } = supervisor;
  await client.notify('example.com/a', { data: { k: 'v' } });
  const change = await client.replan();
  const { 'boot-id': boot } = await client.systemInfo();
  supervisor.process.kill('SIGKILL');
  await once(supervisor.process, 'exit');
  await supervisor.restart();

  const [notice] = await client.notices({ types: ['custom'] });
  expect(notice).toMatchObject({ key: 'example.com/a', occurrences: 1, 'last-data': { k: 'v' } });
  expect(Number(await client.replan())).toBeGreaterThan(Number(change));
  expect((await client.systemInfo())['boot-id']).not.toBe(boot);
});

test('what is in the plan is nowhere on disk', async () => {
  const secret = 'a-secret-that-nobody-writes-down';
  await using supervisor = await runSupervisor({ files: { 'start.sh': worker } });
  await replanned(supervisor.client, layer(secret));
  const { execFileSync } = await import('node:child_process');
  const dir = join(supervisor.app, '..');
  const found = execFileSync('sh', ['-c', `grep -rl ${secret} "$1" || true`, 'sh', dir], { encoding: 'utf8' });
  expect(found).toBe('');
  expect(readFileSync(join(supervisor.spec.dir, 'processes', 'w.json'), 'utf8')).toContain('configTag');
});
