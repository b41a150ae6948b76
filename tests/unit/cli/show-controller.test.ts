import { expect, test } from 'vitest';
import { FakeController, withController } from './fake-controller.ts';

const ping = () => ({
  version: '0.1.0',
  jujuVersion: '3.6.13',
  pid: 7,
  data: '/data',
  startedAt: '2026-01-02T03:04:05.000Z',
  metrics: '127.0.0.1:38123',
});

test('show-controller tells where the metrics are, in the shape that Juju has', async () => {
  await withController({ ping, models: () => ({ models: [], focus: 'cos' }) }, async (fake) => {
    const { code, out } = await fake.run(['show-controller']);
    expect(code).toBe(0);
    expect(out).toMatch(/^charmlet:\n {2}details:\n {4}api-endpoints:\n {4}- \//);
    expect(out).toContain('    agent-version: 3.6.13\n');
    expect(out).toContain('    metrics-url: http://127.0.0.1:38123/metrics\n');
    expect(out).toContain('  current-model: admin/cos\n');
    expect(out).toContain('  account:\n    user: admin\n    access: superuser\n');
  });
});

test('show-controller knows one controller', async () => {
  const { code, err } = await FakeController.absent().run(['show-controller', 'prod']);
  expect([code, err]).toEqual([1, 'ERROR controller prod not found (there is one, charmlet)\n']);
});
