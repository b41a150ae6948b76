import { describe, expect, test } from 'vitest';
import { daemons } from './daemons.ts';
import { lokiSink } from './loki-sink.ts';

/** A service that says these things, each as a line, and stays. */
function talker(script: string, more: object = {}): object {
  return { override: 'replace', command: `sh -c '${script}; exec sleep 1000'`, startup: 'enabled', ...more };
}

function layer(location: string, services: Record<string, object>, target: object = {}): string {
  const loki = { override: 'replace', type: 'loki', location, services: ['all'], ...target };
  return JSON.stringify({ services, 'log-targets': { 'loki/0': loki } });
}

describe.each(daemons)('log targets of $name', ({ start }) => {
  test('get the lines of the chosen services with their labels', async () => {
    await using daemon = await start();
    await using sink = await lokiSink();
    const services = {
      web: talker('echo "one  line "; echo two >&2', { environment: { WHO: 'me' } }),
      quiet: talker('echo unheard'),
    };
    const labels = { unit: 'w/0', who: `$WHO`, both: '$' + '{WHO}-$NOBODY', price: '5$' };
    await daemon.client.addLayer('l', layer(sink.location, services, { services: ['all', '-quiet'], labels }));
    await daemon.client.waitChange(await daemon.client.replan());
    await sink.until('two lines have come', () => sink.lines('web').length === 2);
    const time = expect.stringMatching(/^\d{13}000000$/);
    // On a busy machine the second line may come too late for the first one's push.
    for (const { headers, body } of sink.pushes) {
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(headers['user-agent']).toMatch(/^pebble\/v1\.\d+\.\d+$/);
      const stream = { both: 'me-', pebble_service: 'web', price: '5$', unit: 'w/0', who: 'me' };
      expect(body).toEqual({ streams: [{ stream, values: expect.any(Array) }] });
    }
    expect(sink.pushes.flatMap(({ body }) => body.streams[0]?.values)).toEqual([
      [time, 'one  line '],
      [time, 'two'],
    ]);
  });

  test('that come later get what was said before, once', async () => {
    await using daemon = await start();
    await using sink = await lokiSink();
    const services = { web: talker('echo early') };
    await daemon.client.addLayer('l', JSON.stringify({ services }));
    await daemon.client.waitChange(await daemon.client.replan());
    await daemon.client.addLayer('t', layer(sink.location, {}));
    await sink.until('the line has come', () => sink.lines('web').length === 1);
    const labels = { later: 'yes' };
    await daemon.client.addLayer('t', layer(sink.location, {}, { labels }), { combine: true });
    await sink.until('it has come under the new labels', () => sink.lines('web').length === 2);
    expect(sink.pushes.at(-1)?.body.streams[0]?.stream).toEqual({ later: 'yes', pebble_service: 'web' });
    expect(sink.lines('web')).toEqual(['early', 'early']);
  });

  test('get many lines by the hundred, in order', async () => {
    await using daemon = await start();
    await using sink = await lokiSink();
    const services = { web: talker('seq 1 250') };
    await daemon.client.addLayer('l', layer(sink.location, services));
    await daemon.client.waitChange(await daemon.client.replan());
    await sink.until('250 lines have come', () => sink.lines('web').length === 250);
    expect(sink.lines('web')).toEqual(Array.from({ length: 250 }, (_, index) => String(index + 1)));
    const sizes = sink.pushes.map(({ body }) => body.streams[0]?.values.length);
    expect(Math.max(...sizes.map(Number))).toBe(100);
  });

  test.each([429, 503])('that answer %d get their lines again', async (status) => {
    await using daemon = await start();
    await using sink = await lokiSink();
    sink.status = status;
    const services = { web: talker('echo first; while :; do sleep 0.2; echo tick; done') };
    await daemon.client.addLayer('l', layer(sink.location, services));
    await daemon.client.replan();
    await sink.until('it was tried', () => sink.pushes.length > 0);
    sink.status = 200;
    await sink.until('the first line has come', () => sink.lines('web')[0] === 'first');
  });

  test('that refuse lines do not get them again', async () => {
    await using daemon = await start();
    await using sink = await lokiSink();
    sink.status = 400;
    const services = { web: talker('echo refused; while :; do sleep 0.2; echo tick; done') };
    await daemon.client.addLayer('l', layer(sink.location, services));
    await daemon.client.replan();
    await sink.until('it was tried', () => sink.pushes.length > 0);
    sink.status = 204;
    await sink.until('others have come', () => sink.lines('web').length > 0);
    expect(sink.lines('web')).not.toContain('refused');
  });

  test('that are switched off get nothing, whatever their location is', async () => {
    await using daemon = await start();
    await using sink = await lokiSink();
    const services = { web: talker('echo said') };
    await daemon.client.addLayer('l', layer('(removed)', services, { services: ['-all'] }));
    const on = {
      'log-targets': { on: { override: 'replace', type: 'loki', location: sink.location, services: ['web'] } },
    };
    await daemon.client.addLayer('on', JSON.stringify(on));
    await daemon.client.waitChange(await daemon.client.replan());
    await sink.until('the line has come', () => sink.lines('web').length === 1);
  });

  test('of the other types are accepted', async () => {
    await using daemon = await start();
    const targets = {
      otel: { override: 'replace', type: 'opentelemetry', location: 'http://127.0.0.1:1', services: ['all'] },
      sys: { override: 'replace', type: 'syslog', location: 'udp://127.0.0.1:1', services: ['all'] },
    };
    await daemon.client.addLayer('l', JSON.stringify({ services: { web: talker('echo x') }, 'log-targets': targets }));
    await daemon.client.waitChange(await daemon.client.replan());
    expect(await daemon.client.plan()).toContain('type: syslog');
  });
});
