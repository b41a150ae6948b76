import { expect, test } from 'vitest';
import { LogRing } from '../../../../src/supervisor/logs/log-ring.ts';
import { TargetForwarder } from '../../../../src/supervisor/logs/target-forwarder.ts';
import { lokiSink } from '../../../conformance/pebble/loki-sink.ts';

function forwarderTo(location: string) {
  const said: string[] = [];
  const forwarder = new TargetForwarder({
    name: 'loki',
    location,
    userAgent: 'pebble/v1',
    log: (message) => said.push(message),
  });
  return { forwarder, said };
}

test('the oldest lines are dropped, and counted aloud, while a server takes none', async () => {
  await using sink = await lokiSink();
  sink.status = 503;
  const ring = new LogRing('w');
  const { forwarder, said } = forwarderTo(sink.location);
  forwarder.setSources(new Map([['w', { ring, labels: {} }]]));
  ring.add(Array.from({ length: 150 }, (_, index) => `line ${index}`));
  await sink.until('a hundred lines were tried', () => sink.pushes.length === 1);
  await sink.until('it was tried again', () => sink.pushes.length === 2);
  sink.status = 204;
  await sink.until('the newest have come', () => sink.lines('w').length === 100);
  await forwarder.close();
  expect(sink.lines('w')).toEqual(Array.from({ length: 100 }, (_, index) => `line ${index + 50}`));
  expect(said.filter((line) => line.startsWith('Cannot flush'))[0]).toBe(
    'Cannot flush logs to target "loki": server returned HTTP 503: "not now"',
  );
  expect(said.at(-1)).toBe('Log target "loki": 50 lines were dropped');
});

test('lines that were said faster than they could be sent are counted too', async () => {
  await using sink = await lokiSink();
  const ring = new LogRing('w');
  const { forwarder, said } = forwarderTo(sink.location);
  forwarder.setSources(new Map([['w', { ring, labels: {} }]]));
  await Promise.resolve();
  ring.add(Array.from({ length: 100 }, (_, index) => `line ${index}`));
  await new Promise(setImmediate);
  // More than a ring holds, at once, while the first hundred are on their way.
  ring.add(Array.from({ length: 3000 }, (_, index) => `${index} ${'x'.repeat(100)}`));
  await forwarder.close();
  const lost = said.flatMap((line) => /: (\d+) lines were dropped$/.exec(line)?.[1] ?? []).map(Number);
  expect(lost[0]).toBeGreaterThan(1000);
  expect(sink.lines('w').length + lost.reduce((sum, count) => sum + count, 0)).toBe(3100);
});

test('what was said last is sent before the end', async () => {
  await using sink = await lokiSink();
  const ring = new LogRing('w');
  const { forwarder } = forwarderTo(sink.location);
  forwarder.setSources(new Map([['w', { ring, labels: {} }]]));
  await Promise.resolve();
  ring.add(Array.from({ length: 230 }, (_, index) => `line ${index}`));
  await forwarder.close();
  expect(sink.lines('w')).toHaveLength(230);
});

test('an end does not wait for a server that is not there', async () => {
  const ring = new LogRing('w');
  ring.add(['lost']);
  const { forwarder, said } = forwarderTo('http://127.0.0.1:1/');
  forwarder.setSources(new Map([['w', { ring, labels: {} }]]));
  await Promise.resolve();
  await forwarder.close();
  expect(said[0]).toMatch(/^Cannot flush logs to target "loki": connect ECONNREFUSED/);
});
