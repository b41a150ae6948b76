import { expect, test } from 'vitest';
import { logFilter, refuseLoggingConfig } from '../../../../src/controller/config/logging-config.ts';

const unit = 'unit.w/0.juju-log';
const agent = 'juju.worker.uniter.operation';

test.each([
  { name: 'by default everything but TRACE', config: '<root>=INFO', kept: ['unit DEBUG', 'agent DEBUG'] },
  { name: 'by module, the longest that fits', config: '<root>=ERROR;unit=INFO;unit.w/0=TRACE', kept: ['unit TRACE'] },
  { name: 'by the root’s level', config: '<root>=TRACE', kept: ['unit TRACE', 'agent TRACE'] },
  { name: 'a level alone is the root’s', config: 'debug', kept: ['unit DEBUG', 'agent DEBUG'] },
  { name: 'a module of which nothing is said is told from WARNING on', config: 'unit=DEBUG', kept: ['unit DEBUG'] },
  { name: 'part of a name is no module', config: '<root>=WARN;un=TRACE', kept: [] },
])('logs $name', ({ config, kept }) => {
  const isLogged = logFilter(config);
  const lines = [unit, agent].flatMap((module) => ['TRACE', 'DEBUG'].map((level) => [module, level] as const));
  const found = lines.filter(([module, level]) => isLogged(module, level));
  const least = [unit, agent].flatMap((module) => found.filter(([of]) => of === module).slice(0, 1));
  expect(least.map(([module, level]) => `${module === unit ? 'unit' : 'agent'} ${level}`)).toEqual(kept);
  expect(isLogged(unit, 'ERROR') && isLogged(agent, 'ERROR')).toBe(true);
});

test.each([
  ['<root>', 'config value expected \'=\', found "<root>"'],
  ['=INFO', 'config value "=INFO" has missing module name'],
  ['<root>=LOUD', 'unknown severity level "LOUD"'],
  ['<root>=INFO;unit=DEBUG', undefined],
  ['', undefined],
])('%j is taken or refused in Juju’s words', (config, why) => {
  expect(refuseLoggingConfig(config)).toBe(why);
});
