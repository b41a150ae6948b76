import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metrics } from '../../../src/controller/metrics/table.ts';
import { TestController } from './controller.ts';

const controller = new TestController();

beforeAll(() => controller.start());
afterAll(() => controller.destroy());

async function scrape(of = controller): Promise<string> {
  const { metrics: address } = await of.call('ping', {});
  const answer = await fetch(`http://${address}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return await answer.text();
}

test('the controller tells its version and its own memory to whoever asks on this machine', async () => {
  const text = await scrape();
  expect(text).toMatch(/^charmlet_build_info\{version="\d+\.\d+\.\d+",juju_version="3\.\d+\.\d+"\} 1$/m);
  expect(Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(20e6);
  const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
  expect(told).toEqual(Object.entries(metrics).map(([name, { type }]) => [name, type]));
});

test('the port stays the same over a restart, unless somebody else has taken it', async () => {
  const { metrics: first } = await controller.call('ping', {});
  await controller.kill();
  await controller.start();
  expect((await controller.call('ping', {})).metrics).toBe(first);

  await controller.kill();
  const other = createServer().listen(Number(first?.split(':')[1]), '127.0.0.1');
  await controller.start();
  const { metrics: second } = await controller.call('ping', {});
  expect(second).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(second).not.toBe(first);
  other.close();
});

test('whoever comes by another name is refused, as a page in a browser would be', async () => {
  const { metrics: address } = await controller.call('ping', {});
  const { get } = await import('node:http');
  const status = await new Promise((resolve) =>
    get(`http://${address}/metrics`, { headers: { host: 'evil.example' } }, ({ statusCode }) => resolve(statusCode)),
  );
  expect(status).toBe(403);
});

test('a port that is named and taken keeps the controller from starting, with one line that says so', async () => {
  const { metrics: taken } = await controller.call('ping', {});
  const port = taken?.split(':')[1];
  const second = new TestController({ CHARMLET_METRICS_PORT: port });
  await expect(second.start()).rejects.toThrow(
    `cannot serve metrics on 127.0.0.1:${port}: the port is taken (free it, set CHARMLET_METRICS_PORT to another one, or to "off")`,
  );
  const third = new TestController({ CHARMLET_METRICS_PORT: 'http' });
  await expect(third.start()).rejects.toThrow(
    'cannot use CHARMLET_METRICS_PORT: got "http" (a port from 1 to 65535, or "off")',
  );
});

test('metrics can be switched off', async () => {
  const silent = new TestController({ CHARMLET_METRICS_PORT: 'off' });
  await silent.start();
  expect((await silent.call('ping', {})).metrics).toBeUndefined();
  await silent.destroy();
});
