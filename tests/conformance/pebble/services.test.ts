import { describe, expect, test } from 'vitest';
import type { PebbleApiError } from '../../../src/pebble/client.ts';
import type { Change } from '../../../src/pebble/types.ts';
import { eventually, replanned } from '../../integration/supervisor/run-supervisor.ts';
import { daemons } from './daemons.ts';

const sleeping = 'services: {w: {override: replace, command: sleep 1000, startup: enabled}}';

/** The tasks of a change, without their times. */
function tasks(change: Change): unknown {
  return change.tasks?.map(({ kind, summary, status, log }) => ({
    kind,
    summary,
    status,
    ...(log ? { log: log.map((line) => line.replace(/^\S+ /, '')) } : {}),
  }));
}

function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'accepted',
    (error: PebbleApiError) => `${error.statusCode} ${error.kind} ${error.message}`,
  );
}

describe.each(daemons)('services of $name', ({ start }) => {
  test('are started by a replan, left alone by the next, and restarted by a changed environment', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const first = await replanned(client, sleeping);
    expect(first).toMatchObject({ kind: 'replan', summary: 'Replan service "w"', status: 'Done', ready: true });
    expect(tasks(first)).toEqual([{ kind: 'start', summary: 'Start service "w"', status: 'Done' }]);
    const [before] = await client.services();
    expect(before).toMatchObject({ name: 'w', startup: 'enabled', current: 'active' });

    const notices = await client.notices({ keys: [first.id] });
    expect(notices).toMatchObject([{ type: 'change-update', occurrences: 3, 'last-data': { kind: 'replan' } }]);

    const second = await replanned(client, sleeping);
    expect(tasks(second)).toEqual([
      { kind: 'start', summary: 'Start service "w"', status: 'Done', log: ['INFO Service "w" already started.'] },
    ]);
    expect(await client.services()).toEqual([before]);

    const third = await replanned(client, sleeping.replace('startup', 'environment: {A: b}, startup'));
    expect(third.summary).toBe('Replan service "w"');
    expect(tasks(third)).toEqual([
      { kind: 'stop', summary: 'Stop service "w"', status: 'Done' },
      { kind: 'start', summary: 'Start service "w"', status: 'Done' },
    ]);
    expect((await client.services())[0]?.['current-since']).not.toBe(before?.['current-since']);
  });

  test('that exit quickly make the change fail, show their output, and are tried again', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const command = `sh -c "echo one; echo two; exit 3"`;
    const change = await replanned(
      client,
      `services: {w: {override: replace, command: ${JSON.stringify(command)}, startup: enabled}}`,
    );
    expect(change.err).toBe(
      'cannot perform the following tasks:\n- Start service "w" (service start attempt: exited quickly with code 3, will restart)',
    );
    expect(tasks(change)).toEqual([
      {
        kind: 'start',
        summary: 'Start service "w"',
        status: 'Error',
        log: [
          'INFO Most recent service output:\n    one\n    two',
          'ERROR service start attempt: exited quickly with code 3, will restart',
        ],
      },
    ]);
    await eventually('a second start', async () => (await client.logs({ n: -1 })).length >= 4);
  });

  test('that exit quickly without a word leave an empty line in the task', async () => {
    await using daemon = await start();
    const layer = 'services: {w: {override: replace, command: "false", startup: enabled, on-failure: ignore}}';
    const [task] = (await replanned(daemon.client, layer)).tasks ?? [];
    expect(task?.log?.map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'INFO Most recent service output:\n    ',
      'ERROR service start attempt: exited quickly with code 1, will ignore',
    ]);
  });

  test.each([
    ['ignore', 0, 'inactive'],
    ['ignore', 3, 'error'],
  ])('with the action %s end as Pebble says after exit code %i', async (action, code, current) => {
    await using daemon = await start();
    const { client } = daemon;
    const service = `{override: replace, command: "sh -c 'sleep 3; exit ${code}'", on-success: ${action}, on-failure: ${action}}`;
    await client.addLayer('l', `services: {w: ${service}}`);
    expect((await client.waitChange(await client.start(['w']))).err).toBeUndefined();
    await eventually(current, async () => (await client.services())[0]?.current === current);
  });

  test('that cannot be started say why', async () => {
    await using daemon = await start();
    const { client } = daemon;
    await client.addLayer(
      'l',
      'services: {a: {override: replace, command: /no/such}, b: {override: replace, command: nosuch}, c: {override: replace, command: /etc/passwd}}',
    );
    const err = async (name: string) => (await client.waitChange(await client.start([name]))).err?.split('\n')[1];
    expect(await err('a')).toBe(
      '- Start service "a" (cannot start service: fork/exec /no/such: no such file or directory)',
    );
    expect(await err('b')).toBe(
      '- Start service "b" (cannot start service: exec: "nosuch": executable file not found in $PATH)',
    );
    expect(await err('c')).toBe('- Start service "c" (cannot start service: fork/exec /etc/passwd: permission denied)');
    expect((await client.services()).map(({ current }) => current)).toEqual(['inactive', 'inactive', 'inactive']);
  });

  test('are stopped with a note when there is nothing to stop', async () => {
    await using daemon = await start();
    const { client } = daemon;
    await client.addLayer('l', sleeping);
    const stop = async () => tasks(await client.waitChange(await client.stop(['w'])));
    const task = { kind: 'stop', summary: 'Stop service "w"', status: 'Done' };
    expect(await stop()).toEqual([{ ...task, log: ['INFO Service "w" has never been started.'] }]);
    await client.waitChange(await client.start(['w']));
    expect(await stop()).toEqual([task]);
    expect(await stop()).toEqual([{ ...task, log: ['INFO Service "w" already stopped.'] }]);
  });

  test('are restarted with two tasks, and counted in the summary', async () => {
    await using daemon = await start();
    const { client } = daemon;
    await client.addLayer(
      'l',
      'services: {a: {override: replace, command: sleep 1000}, b: {override: replace, command: sleep 1000, after: [a], requires: [a]}}',
    );
    const started = await client.waitChange(await client.start(['b']));
    expect(started.summary).toBe('Start service "b" and 1 more');
    expect(tasks(started)).toMatchObject([{ summary: 'Start service "a"' }, { summary: 'Start service "b"' }]);
    const restarted = await client.waitChange(await client.restart(['b']));
    expect(restarted.summary).toBe('Restart service "b" and 1 more');
    expect((restarted.tasks ?? []).map(({ summary, status }) => `${summary} ${status}`)).toEqual([
      'Stop service "b" Done',
      'Start service "a" Done',
      'Start service "b" Done',
    ]);
    const stopped = await client.waitChange(await client.stop(['a']));
    expect((stopped.tasks ?? []).map(({ summary }) => summary)).toEqual(['Stop service "b"', 'Stop service "a"']);
  });

  test('that depend on a failed one are held', async () => {
    await using daemon = await start();
    const { client } = daemon;
    await client.addLayer(
      'l',
      'services: {a: {override: replace, command: /no/such}, b: {override: replace, command: sleep 1000, after: [a], requires: [a]}}',
    );
    const change = await client.waitChange(await client.start(['b']));
    expect(change.status).toBe('Error');
    expect((change.tasks ?? []).map(({ status }) => status)).toEqual(['Error', 'Hold']);
  });

  test('get signals by name', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const trap = `sh -c "trap 'echo got usr1' USR1; echo ready; while :; do sleep 0.05; done"`;
    await client.addLayer('l', `services: {w: {override: replace, command: ${JSON.stringify(trap)}}}`);
    expect(await refusal(client.sendSignal('SIGUSR1', ['w']))).toBe(
      '500  cannot send signal to "w": service is not running',
    );
    await client.waitChange(await client.start(['w']));
    expect(await refusal(client.sendSignal('SIGNO', ['w']))).toBe(
      '500  cannot send signal to "w": invalid signal name "SIGNO"',
    );
    await eventually('its trap is set', async () => (await client.logs()).some(({ message }) => message === 'ready'));
    await client.sendSignal('SIGUSR1', ['w']);
    await eventually('the signal', async () => (await client.logs()).some(({ message }) => message === 'got usr1'));
  });

  test('inherit the environment of the daemon, with the plan on top', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const command = `sh -c 'echo "A=$A B=\${B-unset} HOME=\${HOME+set}"; sleep 1000'`;
    await replanned(
      client,
      `services: {w: {override: replace, command: ${JSON.stringify(command)}, startup: enabled, environment: {A: 1, B: null}}}`,
    );
    const said = await eventually('its word', async () => (await client.logs())[0]);
    expect(said.message).toMatch(/^A=1 B= HOME=/);
  });

  test('are refused when they do not exist, or when the call makes no sense', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const post = (body: object) => refusal(client.call('POST', '/v1/services', body));
    expect(await refusal(client.start(['x']))).toBe('400  cannot start services: service "x" does not exist');
    expect(await refusal(client.stop(['x']))).toBe('400  cannot stop services: service "x" does not exist');
    expect(await post({ action: 'start' })).toBe('400  must specify services for start action');
    expect(await post({ action: 'replan', services: ['w'] })).toBe('400  replan accepts no service names');
    expect(await post({ action: 'autostart' })).toBe('400 no-default-services no default services');
    expect(await post({ action: 'jump', services: ['w'] })).toBe('400  invalid action "jump"');
    expect(await client.services(['x'])).toEqual([]);
    const change = await client.waitChange(await client.replan());
    expect(change).toMatchObject({ summary: 'Replan - no services', status: 'Done', ready: true });
    expect(change.tasks).toBeUndefined();
  });

  test('keep the newest lines of their output, and follow with new ones', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const script = `trap "echo later" USR1; for i in 1 2 3; do echo line $i; done; echo err >&2; while :; do sleep 0.05; done`;
    const command = `sh -c '${script}'`;
    await replanned(
      client,
      `services: {w: {override: replace, command: ${JSON.stringify(command)}, startup: enabled}}`,
    );
    await eventually('four lines', async () => (await client.logs()).length >= 4);
    const entries = await client.logs({ n: 2 });
    expect(entries.map(({ service, message }) => `${service} ${message}`)).toEqual(['w line 3', 'w err']);
    expect(entries[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/);
    const stopped = new AbortController();
    const followed: string[] = [];
    for await (const { message } of client.followLogs({ n: 1, signal: stopped.signal })) {
      followed.push(message);
      if (message === 'err') await client.sendSignal('SIGUSR1', ['w']);
      if (message === 'later') stopped.abort();
    }
    expect(followed).toEqual(['err', 'later']);
    expect((await client.logs({ services: ['w', 'w'], n: 1 })).length).toBe(1);
    expect(await refusal(client.call('GET', `/v1/logs?n=${'9'.repeat(20)}`))).toBe(
      '400  n must be -1, 0, or a positive integer',
    );
    expect(await refusal(client.call('GET', '/v1/logs?n=-2'))).toBe('400  n must be -1, 0, or a positive integer');
  });
});

describe.each(daemons)('output of services of $name', ({ start }) => {
  test('is kept when a service opens /dev/stderr by name', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const script = `trap "echo named > /dev/stderr; echo more" USR1; echo a first line that is longer; while :; do sleep 0.05; done`;
    await replanned(
      client,
      `services: {w: {override: replace, startup: enabled, command: ${JSON.stringify(`sh -c '${script}'`)}}}`,
    );
    const messages = async (): Promise<string[]> => (await client.logs()).map(({ message }) => message);
    await eventually('the first line', async () => (await messages()).length === 1);
    await client.call('POST', '/v1/signals', { signal: 'SIGUSR1', services: ['w'] });
    await eventually('the last line', async () => (await messages()).includes('more'));
    expect(await messages()).toEqual(['a first line that is longer', 'named', 'more']);
  });

  test('comes of a program that the PATH of the daemon leads to, whatever PATH the service gets', async () => {
    await using daemon = await start();
    const { client } = daemon;
    await replanned(
      client,
      `services: {w: {override: replace, startup: enabled, environment: {PATH: /no/such}, command: "sh -c 'echo $PATH; read x < /dev/zero'"}}`,
    );
    await eventually('its word', async () => (await client.logs()).length > 0);
    expect((await client.logs()).map(({ message }) => message)).toEqual(['/no/such']);
  });
});
