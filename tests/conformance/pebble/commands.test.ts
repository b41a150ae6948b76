import { describe, expect, test } from 'vitest';
import { eventually } from '../../integration/supervisor/run-supervisor.ts';
import { daemons } from './daemons.ts';

describe.each(daemons)('the pebble command of $name', ({ start }) => {
  test('prints what Pebble prints', async () => {
    await using daemon = await start();
    const { pebble, client } = daemon;
    const blur = (text: string) =>
      text.replaceAll(/(today|yesterday) at \d\d:\d\d UTC/g, 'TIME').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
    const run = async (...argv: string[]) => {
      const { exitCode, stdout, stderr } = await pebble(...argv);
      return `${exitCode}|${blur(stdout)}|${stderr}`;
    };
    expect(await run('services')).toBe('0||Plan has no services.\n');
    expect(await run('checks')).toBe('0||Plan has no health checks.\n');
    expect(await run('health')).toBe('0|healthy\n|');
    expect(await run('changes')).toBe('0||no changes found\n');
    await client.addLayer(
      'l',
      'services: {w: {override: replace, command: "sh -c \'echo hello; sleep 1000\'", startup: enabled}, other-service: {override: replace, command: "false"}}',
    );
    expect(await run('replan')).toBe('0||');
    expect(await run('services')).toBe(
      '0|Service        Startup   Current   Since\nother-service  disabled  inactive  -\nw              enabled   active    TIME\n|',
    );
    expect(await run('services', 'x')).toBe('0||No matching services.\n');
    expect(await run('services', '--abs-time', 'w')).toBe(
      '0|Service  Startup  Current  Since\nw        enabled  active   TIME\n|',
    );
    await eventually('its word', async () => (await client.logs()).length > 0);
    expect(await run('logs')).toBe('0|TIME [w] hello\n|');
    expect(await run('logs', '-n', 'x')).toMatch(
      /^1\|\|error: expected n to be a non-negative integer or "all", not "x"\n$/,
    );
    expect(await run('changes')).toBe(
      '0|ID   Status  Spawn               Ready               Summary\n1    Done    TIME  TIME  Replan service "w"\n\n|',
    );
    expect(await run('tasks', '1')).toBe(
      '0|Status  Spawn               Ready               Summary\nDone    TIME  TIME  Start service "w"\n\n|',
    );
    expect(await run('notify', 'example.com/x', 'a=b')).toMatch(/^0\|Recorded notice \d+\n\|$/);
    expect(await run('notify', 'example.com/x', 'ab')).toBe(
      '1||error: data args must be in "name=value" format, not "ab"\n',
    );
    expect(await run('notices', '--type', 'custom')).toMatch(
      /^0\|ID +User +Type +Key +First +Repeated +Occurrences\n\d+ +\d+ +custom +example.com\/x +TIME +TIME +1\n\|$/,
    );
    const uid = String(process.getuid?.());
    expect((await run('notices', '--type', 'custom', '--uid', '77')).split('|').slice(0, 2)).toEqual(['0', '']);
    expect(await run('notice', 'custom', 'example.com/x')).toMatch(
      new RegExp(
        `^0\\|id: "\\d+"\\nuser-id: ${uid}\\ntype: custom\\nkey: example.com/x\\nfirst-occurred: TIME\\nlast-occurred: TIME\\nlast-repeated: TIME\\noccurrences: 1\\nlast-data:\\n {4}a: b\\nexpire-after: 168h0m0s\\n\\|$`,
      ),
    );
    expect(await run('notice', 'custom', 'example.com/y')).toBe(
      '1||error: cannot find custom notice with key "example.com/y"\n',
    );
    expect(await run('signal', 'hup', 'w')).toBe('1||error: signal name must be uppercase, for example HUP\n');
    expect(await run('stop', 'x')).toBe('1||error: cannot stop services: service "x" does not exist\n');
    expect(await run('start', 'other-service')).toMatch(
      /^1\|\|error: cannot perform the following tasks:\n- Start service "other-service" \(service start\s+attempt: exited quickly with code 1, will restart\)\n$/,
    );
    expect(await run('stop', 'w')).toBe('0||');
    await client.addLayer(
      'c',
      'checks: {"off": {override: replace, period: 1h, threshold: 3, exec: {command: "sh -c \'echo broken; exit 2\'"}}}',
    );
    const check =
      'name: "off"\nstartup: enabled\nstatus: up\nsuccesses: 0\nfailures: 0\nthreshold: 3\nchange-id: "N"\n';
    const byNumber = (text: string) => text.replaceAll(/change-id: "\d+"/g, 'change-id: "N"');
    expect(byNumber(await run('check', 'off'))).toBe(`0|${check}|`);
    const failed = await run('check', '--refresh', 'off');
    expect(byNumber(failed)).toMatch(
      /failures: 1\nthreshold: 3\nchange-id: "N"\nerror: exit status 2; broken\nlogs: \|\n {4}TIME ERROR exit status 2; broken\n\|$/,
    );
    expect(await run('health')).toBe('0|healthy\n|');
    expect(await run('nosuch')).toBe(`1||error: unknown command "nosuch", see 'pebble help'\n`);
  });
});
