import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { View } from '../../../src/supervisor/workload/view.ts';
import { workloadProcess } from '../../../src/supervisor/workload-process.ts';
import { eventually, replanned, runSupervisor } from './run-supervisor.ts';

const enabled = (command: string, more = '') =>
  `services: {w: {override: replace, command: ${JSON.stringify(command)}, startup: enabled${more}}}`;
const messages = async (client: { logs(of: object): Promise<{ message: string }[]> }) =>
  (await client.logs({ n: -1 })).map(({ message }) => message);

test('the worker sees its directory as /app, and what was pushed where it was pushed', async ({ skip }) => {
  await using supervisor = await runSupervisor({
    files: {
      'scripts/start-worker.sh':
        '#!/bin/sh\npython3 /app/worker.py || exit 9\nls /app /charm/bin /charm/container\ncat /etc/pushed.conf /new/dir/file "$FILE" /etc/hostname >/dev/null && echo all there\nid -u\npwd\nexec sleep 1000\n',
      'worker.py': 'import os; print("python", os.getcwd(), flush=True)\n',
    },
  });
  const { withoutNamespace } = await View.open(supervisor.spec);
  if (withoutNamespace !== null) skip(`no mount namespace here: ${withoutNamespace}`);
  const { client } = supervisor;
  await client.pushFile('/etc/pushed.conf', 'x');
  await client.pushFile('/new/dir/file', 'y', { makeDirs: true });
  const change = await replanned(
    client,
    enabled('/app/scripts/start-worker.sh', ', environment: {FILE: /new/dir/file}'),
  );
  expect(change.err).toBeUndefined();
  const said = await eventually('its last word', async () => {
    const now = await messages(client);
    return now.at(-1) === '/' ? now : undefined;
  });
  expect(said).toContain('python /');
  expect(said).toContain('all there');
  expect(said).toContain('pebble.socket');
  expect(said.slice(-2)).toEqual([String(process.getuid?.()), '/']);
  expect(existsSync('/etc/pushed.conf') || existsSync('/new') || existsSync('/app')).toBe(false);
});

test('without a namespace a script that names /app/ is refused with its place and the ways out', async () => {
  await using supervisor = await runSupervisor({
    namespace: 'never',
    files: { 'scripts/start-worker.sh': '#!/bin/sh\nset -e\nexec python3 /app/worker.py\n' },
  });
  const change = await replanned(supervisor.client, enabled('/app/scripts/start-worker.sh'));
  expect(change.err).toBe(
    'cannot perform the following tasks:\n- Start service "w" (cannot start service "w": scripts/start-worker.sh:3 names /app/, and no mount namespace can be had here: namespaces are switched off (write a path relative to the script, or allow user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0))',
  );
});

test.each(['/app/scripts/start.sh', './app/scripts/start.sh'])(
  'without a namespace %s is found, and environment values become real paths',
  async (command) => {
    await using supervisor = await runSupervisor({
      namespace: 'never',
      files: { 'scripts/start.sh': '#!/bin/sh\necho "$A|$B|$C|$(cat "$A")|$(dirname "$0")"\nexec sleep 1000\n' },
    });
    const { client, app, spec } = supervisor;
    await client.pushFile('/etc/ssl/own.pem', 'cert', { makeDirs: true });
    const change = await replanned(
      client,
      enabled(command, ', environment: {A: /etc/ssl/own.pem, B: /app/x, C: "prefix:/app/x"}'),
    );
    expect(change.err).toBeUndefined();
    const real = join(spec.dir, 'root/etc/ssl/own.pem');
    expect(await eventually('its word', async () => (await messages(client))[0])).toBe(
      `${real}|${join(app, 'x')}|prefix:/app/x|cert|${command.startsWith('/') ? join(app, 'scripts') : './app/scripts'}`,
    );
  },
);

for (const namespace of ['auto', 'never'] as const) {
  test(`a service has each variable of the plan, whatever its name (namespace: ${namespace})`, async () => {
    await using supervisor = await runSupervisor({ namespace });
    const variables = { 'key3-example': 'a', 'dot.ted': 'b c', '1st': 'd', '%': '', PLAIN: 'e', BASH_ENV: '/nowhere' };
    await replanned(supervisor.client, enabled('/usr/bin/env', `, environment: ${JSON.stringify(variables)}`));
    const told = await eventually('all of them', async () => {
      const now = await messages(supervisor.client);
      return Object.keys(variables).every((name) => now.some((line) => line.startsWith(`${name}=`))) ? now : undefined;
    });
    expect(told).toEqual(expect.arrayContaining(Object.entries(variables).map(([name, value]) => `${name}=${value}`)));
  });

  test(`a command can be run beside the services (namespace: ${namespace})`, async () => {
    await using supervisor = await runSupervisor({ namespace });
    const { argv, env, cwd } = await workloadProcess(supervisor.spec, ['/charm/bin/pebble', 'services'], {
      env: { A: 'b' },
    });
    const [command = '', ...args] = argv;
    const { status, stderr } = spawnSync(command, args, { env, cwd, encoding: 'utf8' });
    expect({ status, stderr, A: env.A }).toEqual({ status: 0, stderr: 'Plan has no services.\n', A: 'b' });
  });

  test(`checks call the pebble command by its usual path (namespace: ${namespace})`, async () => {
    await using supervisor = await runSupervisor({ namespace });
    const { client } = supervisor;
    await client.addLayer(
      'l',
      `
services: {w: {override: replace, command: sleep 1000, startup: enabled}}
checks:
  look-again: {override: replace, startup: disabled, period: 1s, exec: {command: /charm/bin/pebble notify example.com/look-again}}
  worker-up: {override: replace, startup: disabled, period: 1s, threshold: 1, exec: {command: 'sh -c ''case "$("$0" services --abs-time w)" in *" active "*"$1"*) ;; *) exit 1 ;; esac'' /charm/bin/pebble 20'}}
`,
    );
    await client.waitChange(await client.replan());
    expect(await client.startChecks(['look-again', 'worker-up'])).toEqual(['look-again', 'worker-up']);
    await eventually(
      'two notices',
      async () => ((await client.notices({ types: ['custom'] }))[0]?.occurrences ?? 0) >= 2,
    );
    await eventually('both up', async () => (await client.checks()).every(({ status }) => status === 'up'));
    await client.waitChange(await client.stop(['w']));
    await eventually('down', async () => (await client.checks({ names: ['worker-up'] }))[0]?.status === 'down');
  });
}

test('a worker opens /dev/stdout, its order is kept, and its output never fills the disk', async () => {
  // What comes after the first lines is more than the supervisor keeps: it waits until they were seen.
  const script = `#!/bin/sh
echo one >>/dev/stdout; echo two >&2; echo three >>/dev/stderr; echo four
while [ ! -e "\${0%/*}/go" ]; do sleep 0.05; done
head -c 12000000 /dev/zero | tr "\\0" x | fold -w 100
echo; echo last; exec sleep 1000
`;
  await using supervisor = await runSupervisor({ files: { 'start.sh': script } });
  const { app, client, spec } = supervisor;
  await client.addLayer('l', enabled('/app/start.sh'));
  const firstFour: string[] = [];
  const stop = new AbortController();
  await client.replan();
  for await (const { message } of client.followLogs({ services: ['w'], n: -1, signal: stop.signal })) {
    if (firstFour.length < 4 && firstFour.push(message) === 4) writeFileSync(join(app, 'go'), '');
    if (message === 'last') stop.abort();
  }
  expect(firstFour).toEqual(['one', 'two', 'three', 'four']);
  const file = join(spec.dir, 'logs', 'w.log');
  await eventually('the disk space', () => statSync(file).blocks * 512 < 3_000_000);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('nobody else can reach the socket, and nothing of the supervisor is open to others', async () => {
  await using supervisor = await runSupervisor();
  const { spec } = supervisor;
  const paths = [
    spec.dir,
    ...readdirSync(spec.dir).map((name) => join(spec.dir, name)),
    spec.socket,
    dirname(spec.socket),
  ];
  const open = paths.filter((path) => (statSync(path).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});

test('an idle supervisor does nothing', async () => {
  await using supervisor = await runSupervisor();
  await replanned(supervisor.client, enabled('sleep 1000'));
  const ticks = () => {
    const fields = readFileSync(`/proc/${supervisor.process.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  // What a start leaves to do takes its time on a slow machine; then there is a rest.
  await eventually('two seconds of rest', async () => {
    const before = ticks();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return ticks() - before <= 2;
  });
});
