import { expect, test } from 'vitest';
import type { Status } from '../../../src/controller/api.ts';
import { withController } from './fake-controller.ts';
import { application, model, sampleStatus, unit } from './sample-status.ts';

/** A controller whose model goes from one status to the next, each announced by a change, and then stays. */
function walk(...statuses: Status[]) {
  let at = 0;
  let announce = () => {};
  return {
    status: () => {
      const now = statuses[Math.min(at, statuses.length - 1)] as Status;
      if (at < statuses.length - 1) {
        at++;
        setImmediate(() => announce());
      }
      return now;
    },
    watch: async (_: unknown, emit: (event: { revision: number }) => void, gone: AbortSignal) => {
      announce = () => emit({ revision: at });
      emit({ revision: 0 });
      await new Promise((resolve) => gone.addEventListener('abort', resolve));
      return {};
    },
  };
}

const one = (current: string, message?: string) =>
  model({
    w: application(
      'c',
      { current, ...(message ? { message } : {}) },
      { 'w/0': unit({ current, ...(message ? { message } : {}) }) },
    ),
  });

test('waits through every change until an application is active, and shows what the query looked at', async () => {
  await withController(walk(model({}), one('waiting'), one('maintenance', 'starting'), one('active')), async (fake) => {
    expect(await fake.run(['wait-for', 'application', 'w', '--timeout', '60s'])).toEqual({
      code: 0,
      out: 'properties:\n  life: alive\n  status: active\n',
      err: `\
application "w" not found, waiting...
application "w" found with "waiting", waiting...
application "w" found with "maintenance", waiting...
Application "w" is running
`,
    });
  });
});

test('fails when time runs out, with the state it is in', async () => {
  await withController(walk(one('blocked', 'Invalid config: host value missing')), async (fake) => {
    const { code, err } = await fake.run(['wait-for', 'application', 'w', '--timeout', '2s', '-q']);
    expect([code, err]).toEqual([
      1,
      'ERROR timed out waiting for "w" to reach goal state (after 2s it is: blocked, "Invalid config: host value missing")\n',
    ]);
    expect((await fake.run(['wait-for', 'unit', 'x/0', '--timeout', '1s', '-q'])).err).toBe(
      'ERROR timed out waiting for "x/0" to reach goal state (after 1s it is: not found)\n',
    );
  });
});

test('fails at once when what it waits for is removed', async () => {
  await withController(walk(one('waiting'), model({})), async (fake) => {
    expect(await fake.run(['wait-for', 'application', 'w', '-q'])).toEqual({
      code: 1,
      out: '',
      err: 'ERROR application w removed\n',
    });
  });
});

test('waits for units and the model, with queries', async () => {
  await withController(walk(sampleStatus()), async (fake) => {
    expect(
      (await fake.run(['wait-for', 'unit', 'worker/0', '--query', 'workload-status=="blocked" && leader', '-q'])).code,
    ).toBe(0);
    const ran = await fake.run([
      'wait-for',
      'model',
      'default',
      '--query=forEach(applications, app => app.name != "x" && len(app.units) > 0)',
    ]);
    expect(ran).toMatchObject({ code: 0, err: 'model "default" is running\n' });
    expect(ran.out).toBe('properties: {}\napplications:\n  pg:\n    name: pg\n  worker:\n    name: worker\n');
    expect((await fake.run(['wait-for', 'model', 'default', '--summary=false'])).out).toBe('');
  });
});

test.each([
  { query: 'status = "active"', error: 'unexpected character "=" (to compare, write ==), at character 8' },
  { query: 'status == "active', error: 'a text has no closing quote, at character 11' },
  { query: 'stat == "active"', error: 'application has no field "stat" (did you mean "status"?), at character 1' },
  { query: 'status ==', error: 'expected a value, found the end of the query, at character 10' },
  { query: 'status == "a" life', error: 'unexpected "life" after the end of the expression, at character 15' },
  { query: 'name && status', error: '"&&" is for true and false only, not for a text, at character 1' },
  {
    query: 'size(units) == 1',
    error: 'there is no function "size" (there are: len, print, forEach, startsWith, endsWith), at character 1',
  },
  { query: 'forEach(units)', error: 'forEach takes 2 arguments, not 1, at character 1' },
  {
    query: 'forEach(name, u => true)',
    error: 'forEach goes through units, applications or machines, not a text, at character 1',
  },
  {
    query: 'forEach(units, u => u.status == "x")',
    error:
      'unit has no field "status" (there are: agent-status, application, base, charm-url, leader, life, machine-id, machines, name, principal, private-address, public-address, subordinate, workload-message, workload-status), at character 22',
  },
])('refuses the query $query and shows the place', async ({ query, error }) => {
  await withController(walk(one('waiting')), async (fake) => {
    const { code, err } = await fake.run(['wait-for', 'application', 'w', '-q', '--timeout', '5s', '--query', query]);
    expect([code, err]).toEqual([1, `ERROR cannot use query ${JSON.stringify(query)}: ${error}\n`]);
  });
});
