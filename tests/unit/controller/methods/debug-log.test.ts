import { expect, test } from 'vitest';
import type { DebugLogParams } from '../../../../src/controller/api.ts';
import { lineFilter } from '../../../../src/controller/methods/debug-log.ts';

const line = {
  time: '2026-01-02T03:04:05.000Z',
  entity: 'unit-w-0',
  level: 'INFO',
  module: 'unit.w/0.config-changed',
  message: '',
};
const params: DebugLogParams = {
  include: [],
  exclude: [],
  includeModule: [],
  excludeModule: [],
  level: 'DEBUG',
  backlog: 0,
  limit: 0,
  follow: false,
};

test.each<[string, Partial<DebugLogParams>, boolean]>([
  ['by default', {}, true],
  ['a lower level is left out', { level: 'WARNING' }, false],
  ['an entity is included', { include: ['unit-w-0'] }, true],
  ['an entity is included by pattern', { include: ['unit-x-*', 'unit-w-*'] }, true],
  ['a unit may stand for its entity', { include: ['w/0'] }, true],
  ['another entity is not included', { include: ['unit-w-1'] }, false],
  ['an entity is excluded', { exclude: ['unit-w-0'] }, false],
  ['a module is included with what is below it', { includeModule: ['unit'] }, true],
  ['a module of the same beginning is another one', { includeModule: ['un'] }, false],
  ['a module is excluded', { excludeModule: ['unit.w/0.config-changed'] }, false],
])('%s', (_name, more, shown) => {
  expect(lineFilter({ ...params, ...more })(line)).toBe(shown);
});
