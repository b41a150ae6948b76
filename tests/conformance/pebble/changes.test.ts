import { describe, expect, test } from 'vitest';
import { eventually } from '../../integration/supervisor/run-supervisor.ts';
import { daemons } from './daemons.ts';
import { refusalOf } from './refusal.ts';

describe.each(daemons)('changes of $name', ({ start }) => {
  test('are found by service and by state, and time out when they are waited for', async () => {
    await using daemon = await start();
    const { client } = daemon;
    // Its stop takes as long as this test wants.
    const command = `sh -c 'trap : TERM; echo $$; while :; do sleep 0.05; done'`;
    await client.addLayer(
      'l',
      `services: {w: {override: replace, command: ${JSON.stringify(command)}, kill-delay: 5m}}`,
    );
    const started = await client.start(['w']);
    await client.waitChange(started);
    const pid = await eventually('its pid', async () => Number((await client.logs())[0]?.message ?? 0));
    const stopped = await client.stop(['w']);
    expect(await refusalOf(client.call('GET', `/v1/changes/${stopped}/wait?timeout=50ms`))).toBe(
      '504 timed out waiting for change after 50ms',
    );
    expect((await client.changes()).map(({ id }) => id)).toEqual([stopped]);
    process.kill(pid, 'SIGKILL');
    await client.waitChange(stopped);
    const all = (await client.changes({ select: 'all', service: 'w' })).map(({ id }) => id);
    expect(all.sort()).toEqual([started, stopped].sort());
    expect(await client.changes({ select: 'all', service: 'v' })).toEqual([]);
    expect(await client.changes()).toEqual([]);
    expect(await refusalOf(client.change('999'))).toBe('404 cannot find change with id "999"');
    expect(await refusalOf(client.abortChange(started))).toBe(
      `400 cannot abort change ${started} with nothing pending`,
    );
    expect(await refusalOf(client.call('GET', '/v1/changes?select=x'))).toBe(
      '400 select should be one of: all,in-progress,ready',
    );
    expect(await refusalOf(client.call('GET', `/v1/changes/${started}/wait?timeout=x`))).toBe(
      '400 invalid timeout: time: invalid duration "x"',
    );
  });

  test('unknown paths and methods are refused', async () => {
    await using daemon = await start();
    expect(await refusalOf(daemon.client.call('GET', '/v1/nothing'))).toBe('404 invalid API endpoint requested');
    expect(await refusalOf(daemon.client.call('POST', '/v1/plan', {}))).toBe('405 method "POST" not allowed');
    expect(await refusalOf(daemon.client.call('GET', '/v1/plan'))).toBe('400 invalid format ""');
    expect((await daemon.client.systemInfo())['boot-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
