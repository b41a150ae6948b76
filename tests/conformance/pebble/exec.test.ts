import { describe, expect, test } from 'vitest';
import type { PebbleApiError } from '../../../src/pebble/client.ts';
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
