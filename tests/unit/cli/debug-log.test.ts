import { expect, test } from 'vitest';
import type { DebugLogParams, LogLine } from '../../../src/controller/api.ts';
import { withController } from './fake-controller.ts';

const line: LogLine = {
  time: '2026-01-02T03:04:05.678Z',
  entity: 'unit-w-0',
  level: 'INFO',
  module: 'unit.w/0.juju-log',
  message: 'database:7: text',
};

function oneLine(_: DebugLogParams, emit: (event: LogLine) => void): Record<string, never> {
  emit(line);
  return {};
}

test.each([
  { words: '', text: 'unit-w-0: 03:04:05 INFO unit.w/0.juju-log database:7: text\n' },
  { words: '--ms', text: 'unit-w-0: 03:04:05.678 INFO unit.w/0.juju-log database:7: text\n' },
  { words: '--date', text: 'unit-w-0: 2026-01-02 03:04:05 INFO unit.w/0.juju-log database:7: text\n' },
  { words: '--date --ms --utc', text: 'unit-w-0: 2026-01-02 03:04:05.678 INFO unit.w/0.juju-log database:7: text\n' },
  { words: '--color', text: 'unit-w-0: 03:04:05 \x1b[94mINFO\x1b[0m unit.w/0.juju-log database:7: text\n' },
  { words: '--format json', text: `${JSON.stringify(line)}\n` },
])('prints a line in the form of "debug-log $words"', async ({ words, text }) => {
  await withController({ debugLog: oneLine }, async (fake) => {
    const utc = words.includes('json') || words.includes('utc') ? [] : ['--utc'];
    expect((await fake.run(['debug-log', ...words.split(' ').filter(Boolean), ...utc])).out).toBe(text);
  });
});

test.each([
  { words: '', params: {} },
  { words: '-n 20', params: { backlog: 20 } },
  { words: '--lines=0', params: { backlog: 0 } },
  { words: '--replay --tail', params: { backlog: -1, follow: true } },
  { words: '--limit 5 --tail', params: { backlog: 5, limit: 5, follow: false } },
  { words: '--level warning', params: { level: 'WARNING' } },
  { words: '-i w/0 -i w --include unit-w-*', params: { include: ['unit-w-0', 'unit-w-*', 'unit-w-*'] } },
  {
    words: '-x controller-0 --include-module unit --exclude-module juju',
    params: { exclude: ['controller-0'], includeModule: ['unit'], excludeModule: ['juju'] },
  },
])('asks for what "debug-log $words" means', async ({ words, params }) => {
  const plain = {
    include: [],
    exclude: [],
    includeModule: [],
    excludeModule: [],
    level: 'TRACE',
    backlog: 10,
    limit: 0,
    follow: false,
  };
  await withController({ debugLog: oneLine }, async (fake) => {
    await fake.run(['debug-log', ...words.split(' ').filter(Boolean)]);
    expect(fake.calls[0]?.params).toEqual({ ...plain, ...params });
  });
});

test('follows by default on a terminal, and not with --no-tail', async () => {
  await withController({ debugLog: oneLine }, async (fake) => {
    await fake.run(['debug-log'], { tty: true });
    await fake.run(['debug-log', '--no-tail'], { tty: true });
    expect(fake.calls.map(({ params }) => (params as DebugLogParams).follow)).toEqual([true, false]);
  });
});
