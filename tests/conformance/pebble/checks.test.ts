import { describe, expect, test } from 'vitest';
import type { PebbleApiError } from '../../../src/pebble/client.ts';
import { eventually } from '../../integration/supervisor/run-supervisor.ts';
import { daemons } from './daemons.ts';

describe.each(daemons)('checks of $name', ({ start }) => {
  test('go down at the threshold and up again, with a change and notices for each', async () => {
    await using daemon = await start();
    const { client, dir } = daemon;
    await client.pushFile(`${dir}/broken`, '');
    await client.addLayer(
      'l',
      `checks: {up: {override: replace, level: ready, period: 2s, threshold: 2, exec: {command: "sh -c 'echo no luck > /dev/stderr; ! test -e ${dir}/broken'"}}}`,
    );
    const [first] = await client.checks();
    expect(first).toMatchObject({
      name: 'up',
      level: 'ready',
      startup: 'enabled',
      status: 'up',
      successes: 0,
      threshold: 2,
    });
    const down = await eventually('down', async () => (await client.checks()).find(({ status }) => status === 'down'));
    expect(down['change-id']).not.toBe(first?.['change-id']);
    expect(await client.health()).toBe(false);
    expect(await client.health({ level: 'alive' })).toBe(true);
    const failed = await client.change(first?.['change-id'] as string);
    expect(failed).toMatchObject({ kind: 'perform-check', status: 'Error', summary: 'Perform exec check "up"' });
    expect(failed.err).toBe(
      'cannot perform the following tasks:\n- Perform exec check "up" (exit status 1; no luck)\n- Perform exec check "up" (exit status 1; no luck)',
    );

    await client.removePath(`${dir}/broken`);
    const up = await eventually('up', async () => (await client.checks()).find(({ status }) => status === 'up'));
    expect(await client.change(down['change-id'] as string)).toMatchObject({
      kind: 'recover-check',
      status: 'Done',
      summary: 'Recover exec check "up"',
    });
    const notices = await client.notices({ types: ['change-update'], keys: [first?.['change-id'] as string] });
    expect(notices).toMatchObject([
      {
        'user-id': null,
        type: 'change-update',
        occurrences: 4,
        'last-data': { kind: 'perform-check', 'check-name': 'up' },
      },
    ]);
    expect(up['change-id']).not.toBe(down['change-id']);
  });

  test('that are disabled start and stop when they are told, and a change of the plan keeps the others', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const layer =
      'checks: {a: {override: replace, startup: disabled, period: 1s, exec: {command: "true"}}, b: {override: replace, period: 1s, exec: {command: "true"}}}';
    await client.addLayer('l', layer);
    const inactive = { name: 'a', startup: 'disabled', status: 'inactive', successes: 0, threshold: 3 };
    expect((await client.checks())[0]).toEqual(inactive);
    expect(await client.startChecks(['a', 'b'])).toEqual(['a']);
    expect(await client.startChecks(['a'])).toEqual([]);
    await eventually('a run', async () => ((await client.checks())[0]?.successes ?? 0) > 0);
    const ids = (await client.checks()).map((check) => check['change-id']);
    await client.addLayer('l', layer, { combine: true });
    expect((await client.checks()).map((check) => check['change-id'])).toEqual(ids);
    expect(await client.stopChecks(['a'])).toEqual(['a']);
    expect((await client.checks())[0]).toEqual({ ...inactive, successes: expect.any(Number) });
    await eventually('the end of its change', async () => (await client.change(ids[0] as string)).status === 'Done');
  });

  test('answer a refresh, and name what is not there', async () => {
    await using daemon = await start();
    const { client } = daemon;
    await client.addLayer(
      'l',
      'checks: {a: {override: replace, period: 1h, exec: {command: "sh -c \'echo x; exit 7\'"}}, t: {override: replace, period: 1h, timeout: 100ms, exec: {command: sleep 9}}}',
    );
    const refreshed = await client.refreshCheck('a');
    expect(refreshed).toMatchObject({ error: 'exit status 7; x', info: { name: 'a', failures: 1, status: 'up' } });
    expect((await client.refreshCheck('t')).error).toBe('check timed out after 100ms');
    const refused = (promise: Promise<unknown>) =>
      promise.catch((error: PebbleApiError) => `${error.statusCode} ${error.message}`);
    expect(await refused(client.refreshCheck('x'))).toBe('404 cannot find check with name "x"');
    expect(await refused(client.startChecks(['y', 'x']))).toBe(
      '400 cannot start checks: cannot find checks in plan: x, y',
    );
    expect(await refused(client.startChecks([]))).toBe('400 must specify checks for start action');
    expect(await refused(client.call('GET', '/v1/health?level=x'))).toBe('400 level must be "alive" or "ready"');
  });

  test('restart a service that wants it', async () => {
    await using daemon = await start();
    const { client, dir } = daemon;
    await client.pushFile(`${dir}/ok`, '');
    await client.addLayer(
      'l',
      `
services: {w: {override: replace, command: "sh -c 'echo start; sleep 1000'", startup: enabled, on-check-failure: {up: restart}}}
checks: {up: {override: replace, period: 2s, threshold: 1, exec: {command: test -e ${dir}/ok}}}
`,
    );
    await client.waitChange(await client.replan());
    await client.removePath(`${dir}/ok`);
    await eventually('a second start', async () => (await client.logs()).length === 2);
    expect((await client.changes({ select: 'all' })).filter(({ kind }) => kind === 'replan')).toHaveLength(1);
  });
});

describe.each(daemons)('notices of $name', ({ start }) => {
  test('count occurrences, repeat as told, and wake whoever waits', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const id = await client.notify('example.com/a', { data: { k: 'v' }, repeatAfterMs: 3_600_000 });
    expect(await client.notify('example.com/a', { repeatAfterMs: 3_600_000 })).toBe(id);
    const [notice] = await client.notices();
    expect(notice).toMatchObject({
      id,
      'user-id': process.getuid?.(),
      type: 'custom',
      key: 'example.com/a',
      occurrences: 2,
      'repeat-after': '1h0m0s',
      'expire-after': '168h0m0s',
    });
    expect(notice?.['last-data']).toBeUndefined();
    expect(notice?.['first-occurred']).toBe(notice?.['last-repeated']);
    const after = notice?.['last-repeated'] as string;
    expect(await client.notices({ after })).toEqual([]);
    expect(await client.notices({ after, timeoutMs: 50 })).toEqual([]);
    const waiting = client.notices({ after, timeoutMs: 60_000, allUsers: true });
    await client.notify('example.com/b');
    expect((await waiting).map(({ key }) => key)).toEqual(['example.com/b']);
    expect((await client.notice(id)).key).toBe('example.com/a');
  });

  test.each([
    [
      { action: 'add', type: 'custom', key: 'nodomain' },
      'invalid key "nodomain" (must be in "example.com/path" format)',
    ],
    [{ action: 'add', type: 'custom', key: `a.b/${'c'.repeat(300)}` }, 'key must be 256 bytes or less'],
    [{ action: 'add', type: 'warning', key: 'a.b/c' }, 'invalid type "warning" (can only add "custom" notices)'],
    [{ action: 'drop', type: 'custom', key: 'a.b/c' }, 'invalid action "drop"'],
    [
      { action: 'add', type: 'custom', key: 'a.b/c', 'repeat-after': 'x' },
      'invalid repeat-after: time: invalid duration "x"',
    ],
    [
      { action: 'add', type: 'custom', key: 'a.b/c', data: { k: 'x'.repeat(5000) } },
      'total size of data must be 4096 bytes or less',
    ],
  ])('are refused: %o', async (body, message) => {
    await using daemon = await start();
    await expect(daemon.client.call('POST', '/v1/notices', body)).rejects.toMatchObject({ statusCode: 400, message });
  });
});
