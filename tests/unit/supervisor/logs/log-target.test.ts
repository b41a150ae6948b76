import { expect, test } from 'vitest';
import { expandLabels, takesLogsOf } from '../../../../src/supervisor/logs/log-target.ts';

test.each([
  { services: undefined, takes: false },
  { services: [], takes: false },
  { services: ['all'], takes: true },
  { services: ['all', '-w'], takes: false },
  { services: ['-w', 'all'], takes: true },
  { services: ['w', '-all'], takes: false },
  { services: ['-all', 'w'], takes: true },
  { services: ['other'], takes: false },
])('a target with the services $services takes the logs of w: $takes', ({ services, takes }) => {
  expect(takesLogsOf(services ? { services } : {}, 'w')).toBe(takes);
});

test.each([
  ['plain', 'plain'],
  ['$A', 'one'],
  [`$\{A}b`, 'oneb'],
  ['$Ab', ''],
  ['x$B-y', 'xtwo-y'],
  ['$$', ''],
  ['5$', '5$'],
  ['$-', ''],
  ['$%', '$%'],
  [`$\{}`, ''],
  ['$1st', 'st'],
])('the label %j becomes %j', (label, value) => {
  const service = { environment: { A: 'one', B: 'two' } };
  expect(expandLabels({ labels: { l: label } }, service)).toEqual({ l: value });
});
