import { once } from 'node:events';
import { expect, test } from 'vitest';
import { eventually, isRunning, replanned, runSupervisor } from './run-supervisor.ts';

/** Prints the pids of itself and of what it starts, in every way in which a process can get out of sight. */
const family = `#!/bin/sh
echo "pid $$"
sleep 1000 & echo "pid $!"
setsid sh -c 'echo "pid $$"; exec sleep 1001' &
setsid sh -c '(setsid sh -c "echo pid \\$\\$; exec sleep 1002" &) ; exit 0' &
sleep 0.2
exec sleep 1003
`;
const service = (command: string, more = '') =>
  `services: {w: {override: replace, command: ${command}, startup: enabled, kill-delay: 1s${more}}}`;

async function pids(client: import('../../../src/pebble/client.ts').PebbleClient, count: number): Promise<number[]> {
  return eventually(`${count} pids`, async () => {
    const found = (await client.logs({ n: -1 })).flatMap(({ message }) => /^pid (\d+)$/.exec(message)?.[1] ?? []);
    return found.length >= count ? found.map(Number) : undefined;
  });
}

for (const namespace of ['auto', 'never'] as const) {
  const start = namespace === 'auto' ? '/app/start.sh' : './app/start.sh';

  test(`stopping a service ends its detached grandchildren too (namespace: ${namespace})`, async () => {
    await using supervisor = await runSupervisor({ namespace, files: { 'start.sh': family } });
    const { client } = supervisor;
    await replanned(client, service(start));
    const all = await pids(client, 4);

    const change = await client.waitChange(await client.stop(['w']));

    expect(change.err).toBeUndefined();
    expect(all.filter(isRunning)).toEqual([]);
  });

  test(`a service whose main process is killed leaves nothing behind (namespace: ${namespace})`, async () => {
    await using supervisor = await runSupervisor({ namespace, files: { 'start.sh': family } });
    const { client } = supervisor;
    await replanned(client, service(start, ', on-failure: ignore'));
    const all = await pids(client, 4);

    process.kill(all[0] as number, 'SIGKILL');

    await eventually('the end of all', () => all.every((pid) => !isRunning(pid)));
    await eventually('the error', async () => (await client.services())[0]?.current === 'error');
  });
}

test('a grandchild with an emptied environment is found by the mount namespace', async () => {
  const start = `#!/bin/sh\necho "pid $$"\nsetsid env -i /bin/sh -c 'echo "pid $$"; exec sleep 1004' &\nexec sleep 1005\n`;
  await using supervisor = await runSupervisor({ files: { 'start.sh': start } });
  const { client } = supervisor;
  await replanned(client, service('/app/start.sh'));
  const all = await pids(client, 2);
  await client.waitChange(await client.stop(['w']));
  const { View } = await import('../../../src/supervisor/workload/view.ts');
  const { withoutNamespace } = await View.open(supervisor.spec);
  if (withoutNamespace === null) expect(all.filter(isRunning)).toEqual([]);
  else for (const pid of all.filter(isRunning)) process.kill(pid, 'SIGKILL');
});

test('a worker that ignores SIGTERM is killed after its kill-delay', async () => {
  const start = `#!/bin/sh\ntrap '' TERM\necho "pid $$"\nwhile :; do sleep 0.1; done\n`;
  await using supervisor = await runSupervisor({ files: { 'start.sh': start } });
  const { client } = supervisor;
  await replanned(client, service('/app/start.sh'));
  const [pid] = await pids(client, 1);
  const began = Date.now();

  const change = await client.waitChange(await client.stop(['w']));

  expect(change.status).toBe('Done');
  expect(Date.now() - began).toBeGreaterThanOrEqual(950);
  expect(isRunning(pid as number)).toBe(false);
});

test('a child that still drains after its shell has gone is waited for', async () => {
  const start = `#!/bin/sh\nsh -c 'trap "sleep 0.5; echo drained; exit 0" TERM; echo "pid $$"; while :; do sleep 0.05; done' &\nwait\n`;
  await using supervisor = await runSupervisor({ files: { 'start.sh': start } });
  const { client } = supervisor;
  await replanned(client, service('/app/start.sh').replace('1s', '5s'));
  await pids(client, 1);

  await client.waitChange(await client.stop(['w']));

  expect((await client.logs({ n: 1 }))[0]?.message).toBe('drained');
});

test('what a dead worker of a dead supervisor left is ended by the next supervisor', async () => {
  await using supervisor = await runSupervisor({ files: { 'start.sh': family } });
  const { client } = supervisor;
  await replanned(client, service('/app/start.sh'));
  const all = await pids(client, 4);
  supervisor.process.kill('SIGKILL');
  await once(supervisor.process, 'exit');
  process.kill(all[0] as number, 'SIGKILL');
  await eventually('the end of the main process', () => !isRunning(all[0] as number));

  await supervisor.restart();

  await eventually('the end of the rest', () => all.every((pid) => !isRunning(pid)));
});
