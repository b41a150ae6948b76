import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Operation, Progress, Task, TaskLog } from '../../../src/controller/api.ts';
import { withController } from './fake-controller.ts';
import { sampleStatus } from './sample-status.ts';

const timing = {
  enqueued: '2026-01-02 03:04:05 +0000 UTC',
  started: '2026-01-02 03:04:05 +0000 UTC',
  completed: '2026-01-02 03:04:06 +0000 UTC',
};

function task(id: string, unit: string, rest: Partial<Task> = {}): Task {
  return { id, unit, status: 'completed', timing, ...rest };
}

function operation(tasks: Task[], rest: Partial<Operation> = {}): Operation {
  return {
    id: '1',
    summary: 'restart run on unit-w-0',
    status: 'completed',
    tasks: Object.fromEntries(tasks.map((one) => [one.unit, one])),
    unscheduled: {},
    timedOut: false,
    ...rest,
  };
}

test('prints the results of an action as YAML, and nothing of the return code', async () => {
  const done = operation([
    task('2', 'w/0', { results: { 'return-code': 0, result: 'worker successfully restarted' } }),
  ]);
  await withController({ run: () => done }, async (fake) => {
    expect((await fake.run(['run', 'w/0', 'restart'])).out).toBe('result: worker successfully restarted\n\n');
    expect((await fake.run(['run', 'w/0', 'restart', '--format', 'yaml'])).out).toBe(`\
w/0:
  id: "2"
  results:
    result: worker successfully restarted
    return-code: 0
  status: completed
  timing:
    completed: 2026-01-02 03:04:06 +0000 UTC
    enqueued: 2026-01-02 03:04:05 +0000 UTC
    started: 2026-01-02 03:04:05 +0000 UTC
  unit: w/0
`);
    expect((await fake.run(['run', 'w/0', 'restart', '--format=json'])).out).toBe(
      '{"w/0":{"id":"2","results":{"result":"worker successfully restarted","return-code":0},"status":"completed","timing":{"completed":"2026-01-02 03:04:06 +0000 UTC","enqueued":"2026-01-02 03:04:05 +0000 UTC","started":"2026-01-02 03:04:05 +0000 UTC"},"unit":"w/0"}}\n',
    );
  });
});

test("shows progress and the action's own log on stderr", async () => {
  const run = (_: unknown, emit: (event: Progress | TaskLog) => void) => {
    for (const progress of ['Running operation 1 with 1 task', '  - task 2 on unit-w-0', '', 'Waiting for task 2...'])
      emit({ progress });
    emit({ task: '2', unit: 'w/0', log: '2026-01-02 03:04:05 +0000 UTC half way' });
    return operation([task('2', 'w/0', { results: { 'return-code': 0 } })]);
  };
  await withController({ run }, async (fake) => {
    expect(await fake.run(['run', 'w/0', 'act'])).toEqual({
      code: 0,
      out: '\n',
      err: 'Running operation 1 with 1 task\n  - task 2 on unit-w-0\n\nWaiting for task 2...\n\n03:04:05 half way\n',
    });
  });
});

test('exits 0 when an action failed by its own word, and shows what it said', async () => {
  const failed = operation([
    task('2', 'w/0', { status: 'failed', message: 'no such key', results: { 'return-code': 0, hint: 'x' } }),
  ]);
  await withController({ run: () => failed }, async (fake) => {
    const { code, out } = await fake.run(['run', 'w/0', 'act']);
    expect([code, out]).toEqual([0, 'Action id 2 failed: no such key\nhint: x\n\n']);
  });
});

test('exits 1 when a process failed, after its output', async () => {
  const failed = operation([
    task('2', 'w/0', {
      status: 'failed',
      message: 'exit status 3',
      results: { 'return-code': 3, stdout: 'out\n', stderr: 'err\n' },
    }),
  ]);
  await withController({ run: () => failed, exec: () => failed }, async (fake) => {
    const error =
      'ERROR the following task failed:\n - id "2" with return code 3\n\nuse \'charmlet show-task\' to inspect the failure\n\n';
    const ran = await fake.run(['run', 'w/0', 'act']);
    expect([ran.code, ran.out, ran.err.endsWith(error)]).toEqual([
      1,
      'Action id 2 failed: exit status 3\n\nout\nerr\n',
      true,
    ]);
    expect(await fake.run(['exec', '--unit', 'w/0', 'false'])).toEqual({ code: 1, out: 'out\nerr\n', err: error });
  });
});

test('prints a map for several units', async () => {
  const two = operation([
    task('3', 'w/1', { results: { result: 'b' } }),
    task('2', 'w/0', { results: { result: 'a' } }),
  ]);
  await withController({ run: () => two }, async (fake) => {
    expect((await fake.run(['run', 'w/0', 'w/1', 'act'])).out).toBe(`\
w/0:
  id: "2"
  output: |
    result: a
  status: completed
w/1:
  id: "3"
  output: |
    result: b
  status: completed
`);
  });
});

test('says which units are late, which could not be scheduled, and how to look at background work', async () => {
  const pending = operation([task('2', 'w/0', { status: 'running', timing: {} })], { timedOut: true });
  const nobody = operation([], { unscheduled: { 'w/9': 'unit "w/9" not found' } });
  const answers = [pending, nobody, { ...pending, timedOut: false }, nobody, nobody];
  await withController({ run: () => answers.shift() as Operation }, async (fake) => {
    const late = await fake.run(['run', 'w/0', 'act', '--wait', '1s']);
    expect([late.code, late.err.split('\n').at(-2)]).toEqual([1, 'ERROR timed out waiting for results from: unit w/0']);
    expect(await fake.run(['run', 'w/9', 'act'])).toEqual({
      code: 0,
      out: '',
      err: 'Operation 1 failed to schedule any tasks:\nunit "w/9" not found\n',
    });
    expect((await fake.run(['run', 'w/0', 'act', '--background'])).err).toBe(
      "Scheduled operation 1 with task 2\nCheck operation status with 'charmlet show-operation 1'\nCheck task status with 'charmlet show-task 2'\n",
    );
    expect(fake.calls.map(({ params }) => (params as { waitMs: number }).waitMs)).toEqual([1000, 60_000, 60_000]);
    // As Juju has it: none is the default, and less than none is for as long as it takes.
    await fake.run(['run', 'w/0', 'act', '--wait', '0s']);
    await fake.run(['run', 'w/0', 'act', '--wait=-1s']);
    expect(fake.calls.slice(-2).map(({ params }) => (params as { waitMs: number }).waitMs)).toEqual([
      60_000,
      2 ** 31 - 1,
    ]);
  });
});

test('reads parameters as YAML, nested by dots, over those of --params; --string-args keeps text', async () => {
  await withController({ run: () => operation([]) }, async (fake) => {
    writeFileSync(join(fake.cwd, 'p.yaml'), 'a: {b: 1, c: 2}\nd: x\n');
    await fake.run([
      'run',
      'w/leader',
      'act',
      '--params',
      'p.yaml',
      'a.b=[1, two]',
      'n=12',
      'y=yes',
      'e=',
      'url=http://h:1/?a=b',
      'deep.er.still=~',
    ]);
    await fake.run(['run', 'w/0', 'act', '--string-args', 'n=12', 'y=yes']);
    expect(fake.calls.map(({ params }) => params)).toEqual([
      {
        units: ['w/leader'],
        action: 'act',
        params: {
          a: { b: [1, 'two'], c: 2 },
          d: 'x',
          n: 12,
          y: true,
          e: '',
          url: 'http://h:1/?a=b',
          deep: { er: { still: null } },
        },
        background: false,
        waitMs: 60_000,
      },
      { units: ['w/0'], action: 'act', params: { n: '12', y: 'yes' }, background: false, waitMs: 60_000 },
    ]);
    expect(await fake.run(['run', 'w/0', 'act', 'a={'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^ERROR cannot read the value of parameter "a" as YAML: .*\(quote it for YAML, or use --string-args\)\n$/,
      ),
    });
  });
});

test('exec takes one line for a shell, or words, and finds units by application', async () => {
  await withController(
    {
      exec: () => operation([task('2', 'w/0', { results: { 'return-code': 0, stdout: 'hi' } })]),
      status: sampleStatus,
    },
    async (fake) => {
      expect(await fake.run(['exec', '--unit', 'w/0', '--', 'echo $X | cat'])).toEqual({
        code: 0,
        out: 'hi\n',
        err: '',
      });
      await fake.run(['exec', '-u', 'w/0,w/1', 'ls', '-l', 'a b', "it's"]);
      await fake.run(['exec', 'hostname', '--unit', 'w/0']);
      await fake.run(['exec', '--application', 'worker', 'id']);
      const asked = fake.calls
        .filter(({ method }) => method === 'exec')
        .map(({ params }) => params as { units: string[]; command: string });
      expect(asked.map(({ units, command }) => [units, command])).toEqual([
        [['w/0'], 'echo $X | cat'],
        [['w/0', 'w/1'], `ls -l 'a b' 'it'"'"'s'`],
        [['w/0'], 'hostname'],
        [['worker/0', 'worker/1', 'worker/10'], 'id'],
      ]);
      expect((await fake.run(['exec', '--app', 'nope', 'id'])).err).toBe('ERROR application "nope" not found\n');
    },
  );
});

test('shows tasks and operations', async () => {
  const done = operation([task('2', 'w/0', { results: { 'return-code': 0, a: 'b' } })]);
  const answers = {
    showTask: () => done.tasks['w/0'] as Task,
    showOperation: () => done,
    operations: () => [{ ...done, id: '10' }, done],
    cancelTask: () => task('2', 'w/0', { status: 'cancelled' }),
  };
  await withController(answers, async (fake) => {
    expect((await fake.run(['show-task', '2'])).out).toBe('a: b\n\n');
    expect((await fake.run(['operations'])).out).toBe(`\
Id  Status     Started              Finished             Task IDs  Summary
 1  completed  2026-01-02T03:04:05  2026-01-02T03:04:06  2         restart run on unit-w-0
10  completed  2026-01-02T03:04:05  2026-01-02T03:04:06  2         restart run on unit-w-0
`);
    expect((await fake.run(['operations', '--units', 'x/0'])).err).toBe('no matching operations\n');
    expect((await fake.run(['show-operation', '1'])).out).toContain(
      'summary: restart run on unit-w-0\nstatus: completed\ntiming:\n',
    );
    expect((await fake.run(['cancel-task', '2'])).out).toContain('"2":\n  id: "2"\n  status: cancelled\n');
  });
});

test('lists actions as a table, as schema, and one in full', async () => {
  const actions = () => ({
    restart: { description: 'Restart the worker.', params: {}, required: [], additionalProperties: false },
    'create-namespace': {
      description: 'Create a namespace.',
      params: { name: { type: 'string', description: 'Its name' } },
      required: ['name'],
      additionalProperties: false,
    },
  });
  await withController({ actions }, async (fake) => {
    expect((await fake.run(['actions', 'w'])).out).toBe(`\
Action            Description
create-namespace  Create a namespace.
restart           Restart the worker.
`);
    expect((await fake.run(['actions', 'w', '--schema'])).out).toContain(
      'create-namespace:\n  additionalProperties: false\n  description: Create a namespace.\n  properties:\n    name:\n',
    );
    expect((await fake.run(['actions', 'w', '--format', 'json'])).out).toBe(
      '{"create-namespace":"Create a namespace.","restart":"Restart the worker."}\n',
    );
    expect((await fake.run(['show-action', 'w', 'create-namespace'])).out).toBe(
      'Create a namespace.\n\nArguments\nname:\n  type: string\n  description: Its name\n\nRequired: name\n',
    );
    expect((await fake.run(['show-action', 'w', 'restrat'])).err).toBe(
      'ERROR unknown action "restrat" (there is: restart)\n',
    );
  });
});
