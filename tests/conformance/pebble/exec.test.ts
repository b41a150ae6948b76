import { describe, expect, test } from 'vitest';
import type { PebbleApiError } from '../../../src/pebble/client.ts';
import { eventually } from '../../integration/supervisor/run-supervisor.ts';
import { daemons } from './daemons.ts';

describe.each(daemons)('exec of $name', ({ start }) => {
  test('gives input, output, errors and the exit code', async () => {
    await using daemon = await start();
    const command = ['sh', '-c', 'cat; echo out; echo err >&2; echo "$A $PWD"; exit 5'];
    const running = await daemon.client.exec(command, { stdin: 'in\n', environment: { A: 'b' }, workingDir: '/tmp' });
    const { exitCode, stdout, stderr } = await running.result;
    expect({ exitCode, stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({
      exitCode: 5,
      stdout: 'in\nout\nb /tmp\n',
      stderr: 'err\n',
    });
    expect(await daemon.client.change(running.changeId)).toMatchObject({
      kind: 'exec',
      status: 'Done',
      summary: 'Execute command "sh"',
    });
  });

  test('passes a megabyte through both ways', async () => {
    await using daemon = await start();
    const text = 'x'.repeat(1023).concat('\n').repeat(1024);
    const running = await daemon.client.exec(['cat'], { stdin: text });
    expect((await running.result).stdout.toString() === text).toBe(true);
  });

  test('ends a command that takes too long', async () => {
    await using daemon = await start();
    const running = await daemon.client.exec(['sleep', '1000'], { timeoutMs: 200 });
    await expect(running.result).rejects.toThrow(
      'cannot perform the following tasks:\n- Execute command "sleep" (timed out after 200ms: context deadline exceeded)',
    );
  });

  test('with a timeout that is over already does not run the command', async () => {
    await using daemon = await start();
    const running = await daemon.client.exec(['true'], { timeoutMs: -1000 });
    await expect(running.result).rejects.toThrow('(timed out after -1s: context deadline exceeded)');
  });

  test('passes signals on', async () => {
    await using daemon = await start();
    let ready: (value?: unknown) => void = () => undefined;
    const isReady = new Promise((resolve) => {
      ready = resolve;
    });
    const running = await daemon.client.exec(
      ['sh', '-c', 'trap "echo bye; exit 9" USR1; echo hi; while :; do sleep 0.05; done'],
      { onStdout: () => ready() },
    );
    await isReady;
    running.sendSignal('SIGUSR1');
    expect(await running.result).toMatchObject({ exitCode: 9 });
  });

  test('finds the command by the PATH of the daemon, whatever PATH the command gets', async () => {
    await using daemon = await start();
    const environment = { PATH: '/no/such' };
    const running = await daemon.client.exec(['sh', '-c', 'echo $PATH'], { environment });
    expect((await running.result).stdout.toString()).toBe('/no/such\n');
  });

  test('lets a command open /dev/stdout and /dev/stderr by name', async () => {
    await using daemon = await start();
    const running = await daemon.client.exec(['sh', '-c', 'echo out > /dev/stdout; echo err > /dev/stderr']);
    const { exitCode, stdout, stderr } = await running.result;
    expect([exitCode, stdout.toString(), stderr.toString()]).toEqual([0, 'out\n', 'err\n']);
  });

  test('ends when nobody is left who could write, and not with the command alone', async () => {
    await using daemon = await start();
    const running = await daemon.client.exec(['sh', '-c', '(sleep 1.5; echo late) & echo early']);
    expect((await running.result).stdout.toString()).toBe('early\nlate\n');
  });

  test('with a terminal that is not interactive reads from a pipe and writes to the terminal', async () => {
    await using daemon = await start();
    const command = ['sh', '-c', 'test -t 0 || echo pipe; test -t 1 && echo terminal; cat; echo err >&2; exit 4'];
    const together = await daemon.client.exec(command, { terminal: true, stdin: 'in\n' });
    const { exitCode, stdout } = await together.result;
    expect([exitCode, stdout.toString()]).toEqual([4, 'pipe\r\nterminal\r\nin\r\nerr\r\n']);
    const split = await daemon.client.exec(command, { terminal: true, splitStderr: true });
    const result = await split.result;
    expect([result.stdout.toString(), result.stderr.toString()]).toEqual(['pipe\r\nterminal\r\n', 'err\n']);
  });

  test('with a terminal tells the command of a new size, and passes signals on to it', async () => {
    await using daemon = await start();
    const script =
      'trap "stty size <&1" WINCH; trap "exit 7" USR1; stty size; echo ready; while :; do sleep 0.05; done';
    const said: string[] = [];
    const running = await daemon.client.exec(['sh', '-c', script], {
      terminal: true,
      interactive: true,
      stdinOpen: true,
      width: 90,
      height: 30,
      environment: { SHELL: '/no/such' },
      onStdout: (chunk) => void said.push(chunk.toString()),
    });
    await eventually('the first size', () => said.join('').includes('ready'));
    running.resize(100, 40);
    await eventually('the second size', () => said.join('').includes('40 100'));
    running.sendSignal('SIGUSR1');
    const { exitCode, stdout } = await running.result;
    expect([exitCode, stdout.toString()]).toEqual([7, '30 90\r\nready\r\n40 100\r\n']);
  });

  test('takes the environment of a service', async () => {
    await using daemon = await start();
    await daemon.client.addLayer(
      'l',
      'services: {w: {override: replace, command: x, environment: {A: svc}, working-dir: /tmp}}',
    );
    const running = await daemon.client.exec(['sh', '-c', 'echo $A $PWD'], { serviceContext: 'w' });
    expect((await running.result).stdout.toString()).toBe('svc /tmp\n');
  });

  test.each([
    [{ command: [] }, '400 must specify command'],
    [{ command: ['nosuch'] }, '400 cannot find executable "nosuch"'],
    [{ command: ['/no/such'] }, '400 cannot find executable "/no/such"'],
    [{ command: ['sh'], 'service-context': 'x' }, '400 context service "x" not found'],
    [{ command: ['sh'], timeout: 'x' }, '400 invalid timeout: time: invalid duration "x"'],
    [{ command: ['sh'], timeout: '5' }, '400 invalid timeout: time: missing unit in duration "5"'],
    [{ command: ['sh'], timeout: '1d' }, '400 invalid timeout: time: unknown unit "d" in duration "1d"'],
    [
      { command: ['sh'], 'working-dir': '/no/such' },
      '500 cannot call exec: working directory "/no/such" does not exist',
    ],
    [{ command: ['sh'], interactive: true }, '500 cannot call exec: cannot use interactive mode without a terminal'],
    [{ command: ['sh'], user: 'nobody-of-that-name' }, '400 user: unknown user nobody-of-that-name'],
  ])('refuses %o', async (body, message) => {
    await using daemon = await start();
    const outcome = await daemon.client
      .call('POST', '/v1/exec', body)
      .catch((error: PebbleApiError) => `${error.statusCode} ${error.message}`);
    expect(outcome).toBe(message);
  });
});
