import { expect, test } from 'vitest';
import { Refusal, withController } from './fake-controller.ts';

const scaled = { scale: () => ({ scale: 3, messages: [] }) };

test('scale-application, add-unit and remove-unit say what juju says', async () => {
  await withController(scaled, async (fake) => {
    expect(await fake.run(['scale-application', 'w', '3'])).toEqual({ code: 0, out: '', err: 'w scaled to 3 units\n' });
    expect(await fake.run(['add-unit', '-n', '2', 'w'])).toEqual({ code: 0, out: '', err: '' });
    expect(await fake.run(['remove-unit', 'w', '--num-units', '2', '--force', '--no-prompt'])).toEqual({
      code: 0,
      out: '',
      err: 'scaling down to 3 units\n',
    });
    expect(fake.calls.map((call) => call.params)).toEqual([
      { application: 'w', to: 3, force: false },
      { application: 'w', by: 2, force: false },
      { application: 'w', by: -2, force: true },
    ]);
  });
});

test('integrate, relate and remove-relation pass on what they are given, and print nothing', async () => {
  const done = () => ({ messages: [] });
  await withController({ integrate: done, removeRelation: done }, async (fake) => {
    for (const words of [
      ['integrate', 'w:db', 'pg'],
      ['relate', 'w', 'pg:database'],
      ['remove-relation', 'w', 'pg'],
      ['remove-relation', '7', '--force'],
    ])
      expect(await fake.run(words)).toEqual({ code: 0, out: '', err: '' });
    expect(fake.calls.map((call) => call.params)).toEqual([
      { endpoints: ['w:db', 'pg'] },
      { endpoints: ['w', 'pg:database'] },
      { endpoints: ['w', 'pg'], force: false },
      { id: 7, force: true },
    ]);
  });
});

test.each([
  [['scale-application'], 'no application specified'],
  [['scale-application', 'w'], 'no scale specified'],
  [['scale-application', 'w', 'many'], 'invalid scale "many" (a number from 0)'],
  [['scale-application', 'w', '1', '2'], 'unrecognized args: ["2"]'],
  [['scale-application', 'w', '--', '-1'], 'scale must be a positive integer'],
  [['add-unit', 'w', '-n', '0'], '--num-units must be a positive integer'],
  [['add-unit', 'w', '--to', '3'], 'k8s models only support --num-units'],
  [['remove-unit', 'w'], 'specify the number of units (> 0) to remove using --num-units'],
  [['remove-unit', 'w', 'x'], 'only single application supported'],
  [
    ['remove-unit', 'w/0'],
    'k8s models do not support removing named units.\nInstead specify an application with --num-units.\n',
  ],
  [['integrate', 'w'], 'an integration must involve two applications'],
  [['integrate', 'w:', 'pg'], 'endpoint "w:" not valid'],
  [['integrate', 'W', 'pg'], 'application name "W" not valid'],
  [['remove-relation'], 'a relation must involve two applications'],
  [['remove-relation', 'w'], 'relation ID "w" not valid'],
  [['fire', 'update-status'], 'no unit specified'],
  [['fire', 'no such', 'w/0'], 'invalid event "no such" (a hook\'s name)'],
])('%j is refused as a mistake of usage', async (words, message) => {
  await withController({}, async (fake) => {
    expect(await fake.run(words)).toEqual({ code: 2, out: '', err: `ERROR ${message}\n` });
    expect(fake.calls).toEqual([]);
  });
});

test("the controller's refusal is the one line on stderr", async () => {
  const integrate = () => {
    throw new Refusal('no relations found (w has none; pg has none)');
  };
  await withController({ integrate }, async (fake) => {
    expect(await fake.run(['integrate', 'w', 'pg'])).toEqual({
      code: 1,
      out: '',
      err: 'ERROR no relations found (w has none; pg has none)\n',
    });
  });
});

test.each([
  [
    { state: 'done', reason: '' },
    { code: 0, err: '' },
  ],
  [
    { state: 'failed', reason: 'hook failed: "start"' },
    { code: 1, err: 'ERROR hook failed: "start" (see charmlet debug-log; charmlet resolved w/0)\n' },
  ],
  [
    { state: 'waiting', reason: '' },
    { code: 1, err: 'ERROR the event waits until the unit is told: other hooks take longer\n' },
  ],
] as const)('fire ends as the hook does: %j', async (result, { code, err }) => {
  await withController({ fire: () => result }, async (fake) => {
    const words = ['fire', 'db-relation-changed', 'w/0', '--remote-unit', 'pg/0', '--relation', '3', '--wait', '5s'];
    expect(await fake.run(words)).toEqual({ code, out: '', err });
    expect(fake.calls[0]?.params).toEqual({
      event: 'db-relation-changed',
      unit: 'w/0',
      relation: 3,
      remoteUnit: 'pg/0',
      waitMs: 5000,
    });
  });
});

test('lint prints what was found, and ends badly when there is an error among it', async () => {
  const warning = { level: 'warning', text: 'hooks/isntall: there is no such event' } as const;
  const error = { level: 'error', text: 'dispatch: there is none' } as const;
  for (const [findings, expected] of [
    [[], { code: 0, out: '', err: 'nothing found\n' }],
    [[warning], { code: 0, out: `warning: ${warning.text}\n`, err: 'no errors\n' }],
    [
      [error, warning],
      {
        code: 1,
        out: `error: ${error.text}\nwarning: ${warning.text}\n`,
        err: 'ERROR cannot use the charm in ./x: 1 error\n',
      },
    ],
  ] as const) {
    await withController({ lint: () => ({ findings: [...findings] }) }, async (fake) => {
      expect(await fake.run(['lint', './x'])).toEqual(expected);
      expect(fake.calls[0]?.params).toEqual({ directory: `${fake.cwd}/x` });
    });
  }
});
