import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aliases, jujuVerbs, summaries } from '../../../src/cli/verb-names.ts';
import { FakeController, Refusal, withController } from './fake-controller.ts';
import { sampleStatus } from './sample-status.ts';

async function refused(...words: string[]): Promise<[number, string]> {
  const { code, out, err } = await FakeController.absent().run(words);
  expect(out).toBe('');
  return [code, err];
}

test.each([
  {
    words: ['statu'],
    error: 'charmlet: "statu" is not a charmlet command (did you mean "status"? See "charmlet help")',
  },
  { words: ['frobnicate'], error: 'charmlet: "frobnicate" is not a charmlet command (See "charmlet help")' },
  {
    words: ['expose', 'a'],
    error: 'charmlet has no "expose" yet, a command of Juju\'s (see "charmlet help" for what is there)',
  },
  {
    words: ['bootstrap', 'localhost'],
    error: 'charmlet has no "bootstrap": the controller starts by itself with the first command that needs it',
  },
  { words: ['add-relation', 'a', 'b'], error: 'charmlet has no "add-relation": use "charmlet integrate"' },
  {
    words: ['status', '--fomat', 'json'],
    error: 'option provided but not defined: --fomat (did you mean --format? See "charmlet help status")',
  },
  { words: ['status', '-Z'], error: 'option provided but not defined: -Z (see "charmlet help status")' },
  { words: ['status', '--format'], error: 'option needs an argument: --format' },
  {
    words: ['status', '--format', 'xml'],
    error:
      'invalid value "xml" for option --format: unknown format "xml" (accepted: tabular, json, line, oneline, short, summary, yaml)',
  },
  {
    words: ['status', '--watch', 'soon'],
    error: 'invalid value "soon" for option --watch: not a duration (accepted: 30s, 2m, 1h30m)',
  },
  {
    words: ['status', '--relations=perhaps'],
    error: 'invalid boolean value "perhaps" for --relations (true or false)',
  },
  {
    words: ['--frob', 'status'],
    error: 'option provided but not defined: --frob (options come after the verb; see "charmlet help")',
  },
  { words: ['config'], error: 'no application name specified' },
  { words: ['config', 'host=a'], error: 'no application name specified' },
  { words: ['config', 'w', 'a', 'b'], error: 'cannot specify multiple keys to get' },
  { words: ['config', 'w', 'a', 'b=c'], error: 'cannot get value and set key=value pairs simultaneously' },
  { words: ['config', 'w', 'a', '--reset', 'b'], error: 'cannot use --reset flag and get value simultaneously' },
  {
    words: ['config', 'w', 'a', '--file', 'f', '--reset', 'b', 'c=d'],
    error: 'cannot use --file flag, use --reset flag, get value and set key=value pairs simultaneously',
  },
  { words: ['model-config', 'a', 'b'], error: 'cannot specify multiple keys to get' },
  { words: ['model-config', 'a=1', '--reset', 'a'], error: 'cannot set and reset key "a" simultaneously' },
  {
    words: ['config', 'w', '--reset', 'a=b'],
    error: '--reset accepts a comma delimited set of keys "a,b,c", received: "a=b"',
  },
  { words: ['config', 'w', 'a=1', 'a=2'], error: 'key "a" specified more than once' },
  { words: ['config', 'w', 'a=1', '--reset', 'a'], error: 'cannot set and reset key "a" simultaneously' },
  { words: ['deploy'], error: 'no charm or bundle specified' },
  { words: ['deploy', 'a', 'b', 'c', 'd'], error: 'unrecognized args: ["c" "d"]' },
  { words: ['deploy', 'a', 'worker-1'], error: 'invalid application name "worker-1"' },
  { words: ['deploy', 'a', '-n', 'two'], error: 'invalid value "two" for option --num-units (a number from 1)' },
  { words: ['deploy', 'a', '--resource', 'image'], error: 'expected "name=value" for option --resource, got "image"' },
  { words: ['run'], error: 'no unit specified' },
  { words: ['run', 'w/0'], error: 'no action specified' },
  { words: ['run', 'W/0', 'restart'], error: 'invalid unit or action name "W/0"' },
  { words: ['run', 'a/0', 'b/0', 'restart'], error: 'all units must be of the same application' },
  { words: ['run', 'w/0', 'act', 'path'], error: 'argument "path" must be of the form key.key.key...=value' },
  {
    words: ['run', 'w/0', 'act', 'Path=a'],
    error:
      'key "Path" must start and end with lowercase alphanumeric, and contain only lowercase alphanumeric and hyphens',
  },
  {
    words: ['run', 'w/0', 'act', '--wait', '1m', '--background'],
    error: 'cannot specify both --wait and --background',
  },
  { words: ['exec', '--unit', 'w/0'], error: 'no commands specified' },
  { words: ['exec', 'hostname'], error: 'You must specify a target, either through --all, --application or --unit' },
  {
    words: ['exec', '--unit', 'w', 'ls'],
    error: 'The following exec targets are not valid:\n  "w" is not a valid unit name',
  },
  { words: ['ssh'], error: 'no target name specified' },
  { words: ['ssh', 'w'], error: 'invalid unit name "w" (a unit such as app/0, or app/leader)' },
  { words: ['resolved'], error: 'no unit specified' },
  { words: ['wait-for', 'application'], error: 'application name must be supplied when waiting for an application' },
  { words: ['wait-for', 'unit', 'w'], error: '"w" is not valid unit name' },
  {
    words: ['wait-for', 'widget', 'w'],
    error: 'unrecognized command: charmlet wait-for widget (application, unit or model)',
  },
  { words: ['remove-application', 'w', '--no-wait'], error: '--no-wait without --force not valid' },
  {
    words: ['debug-log', '--level', 'loud'],
    error: 'level value "loud" is not one of "TRACE", "DEBUG", "INFO", "WARNING", "ERROR"',
  },
  { words: ['debug-log', '--no-tail', '--tail'], error: 'setting --tail and --no-tail not valid' },
  { words: ['debug-log', '--no-tail', '--retry'], error: 'setting --no-tail and --retry not valid' },
  { words: ['show-task'], error: 'no task ID specified' },
  {
    words: ['operations', '--status', 'running,done'],
    error:
      '"done" is not a valid task status, want one of [pending running completed failed cancelled aborting aborted]',
  },
  { words: ['operations', '--limit', 'few'], error: 'invalid value "few" for option --limit (a number from 0)' },
  { words: ['scale-application'], error: 'no application specified' },
  { words: ['integrate', 'a/0', 'b'], error: 'application name "a/0" not valid' },
  { words: ['integrate', 'a', 'b', '--via', '10.0.0.0/8, here'], error: 'invalid CIDR address: here' },
  { words: ['integrate', 'a', 'b', '--via', '10.0.0.0/33'], error: 'invalid CIDR address: 10.0.0.0/33' },
  { words: ['integrate', 'a', 'b', '--via', '0.0.0.0/0'], error: 'CIDR "0.0.0.0/0" not allowed' },
  { words: ['destroy-model', 'a', '-t', '5s'], error: '--timeout can only be used with --force (dangerous)' },
  { words: ['destroy-model', 'a', '--no-wait'], error: '--no-wait without --force not valid' },
  {
    words: ['destroy-model', 'a', '--destroy-storage', '--release-storage'],
    error: '--destroy-storage and --release-storage cannot both be specified',
  },
])('refuses "$words" as a usage error', async ({ words, error }) => {
  expect(await refused(...words)).toEqual([2, `ERROR ${error}\n`]);
});

test('prints help on every verb, with every alias leading to one, and knows no verb twice', async () => {
  const fake = FakeController.absent();
  for (const name of Object.keys(summaries)) {
    const { code, out, err } = await fake.run([name, '--help']);
    expect([code, err], name).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^Usage: charmlet ${name} \\[options\\].*\n\nSummary:\n[A-Z].*\\.\n`));
    expect((await fake.run(['help', name])).out).toBe(out);
  }
  for (const name of Object.values(aliases)) expect(summaries).toHaveProperty(name);
  expect(Object.keys(summaries).filter((name) => jujuVerbs.has(name))).toEqual([]);
  expect((await fake.run([])).out).toBe((await fake.run(['help'])).out);
  expect((await fake.run(['help', 'stauts'])).err).toBe(
    'ERROR unknown command or topic for stauts (did you mean "status"?)\n',
  );
});

test('takes the options of every verb in front of the verb, and mixed with its words', async () => {
  await withController({ status: sampleStatus }, async (fake) => {
    expect((await fake.run(['--debug', 'status', '-m', 'admin/default', 'worker', '--format=json', 'pg'])).code).toBe(
      0,
    );
    expect(fake.calls).toEqual([{ method: 'status', params: { selectors: ['worker', 'pg'] }, model: 'admin/default' }]);
    expect((await fake.run(['status', '--relations=false', '--format', 'oneline'])).code).toBe(0);
  });
});

test("prints the controller's error as it is, with its exit code, and the cause only with --debug", async () => {
  const refuse = () => {
    throw new Refusal('application "nope" not found', 2);
  };
  await withController({ configGet: refuse }, async (fake) => {
    expect(await fake.run(['config', 'nope'])).toEqual({
      code: 2,
      out: '',
      err: 'ERROR application "nope" not found\n',
    });
    expect((await fake.run(['config', 'nope', '--debug'])).err).toMatch(/^ERROR application "nope" not found\n {4}at /);
  });
});

test('says what happened when the controller goes away in the middle of a call', async () => {
  let fake: FakeController | undefined;
  const configGet = () => {
    fake?.drop();
    return new Promise<never>(() => {});
  };
  await withController({ configGet }, async (started) => {
    fake = started;
    const { code, err } = await started.run(['config', 'w']);
    expect(code).toBe(1);
    expect(err).toBe(
      `ERROR cannot finish "configGet": the controller went away before it had answered (what it had accepted goes on when it is back; its log is ${started.env.CHARMLET_DATA}/controller.log)\n`,
    );
  });
});

test('writes the data to the file of -o, and says why when it cannot', async () => {
  await withController({ status: sampleStatus }, async (fake) => {
    expect(await fake.run(['status', '-o', 'status.txt'])).toEqual({ code: 0, out: '', err: '' });
    writeFileSync(join(fake.cwd, 'file'), '');
    expect((await fake.run(['status', '-o', 'file/x'])).err).toMatch(/^ERROR cannot write "file\/x": ENOTDIR/);
  });
});

test('stop says that nothing runs instead of starting a controller', async () => {
  expect(await FakeController.absent().run(['stop'])).toEqual({ code: 0, out: '', err: 'charmlet is not running\n' });
});

test('-m goes before JUJU_MODEL, and that before the model in focus', async () => {
  await withController({ status: sampleStatus }, async (fake) => {
    const asked = async (words: string[], env: NodeJS.ProcessEnv = {}) => {
      await fake.run(['status', ...words], { env });
      return fake.calls.at(-1)?.model;
    };
    expect(await asked([])).toBeUndefined();
    expect(await asked(['-m', 'charmlet:admin/cos'])).toBe('charmlet:admin/cos');
    expect(await asked([], { JUJU_MODEL: 'cos' })).toBe('cos');
    expect(await asked(['--model=other'], { JUJU_MODEL: 'cos' })).toBe('other');
  });
});

test('switch tells the model in focus, and which follows which', async () => {
  const focus = { from: 'default', to: 'cos' };
  await withController({ switchModel: ({ to }) => (to ? focus : { ...focus, to: 'default' }) }, async (fake) => {
    expect(await fake.run(['switch'])).toEqual({ code: 0, out: 'charmlet:admin/default\n', err: '' });
    expect((await fake.run(['switch', 'cos'])).err).toBe('charmlet:admin/default -> charmlet:admin/cos\n');
    expect(fake.calls.at(-1)?.params).toEqual({ to: 'cos' });
    expect(await fake.run(['switch', 'cos'], { env: { JUJU_MODEL: 'x' } })).toEqual({
      code: 1,
      out: '',
      err: 'ERROR cannot switch when JUJU_MODEL is overriding the model (set to "x")\n',
    });
  });
});

test('answers any words with an exit code and, when it refuses, one ERROR, never with a bug of its own', async () => {
  const names = Object.keys(summaries).filter((name) => !['demo', 'deploy', 'refresh'].includes(name));
  const words = fc.constantFrom(
    ...[
      '--format',
      'json',
      '--format=yaml',
      '-o',
      '-n',
      '5',
      '-m',
      '--',
      '-',
      '',
      '--wait',
      '1m',
      '--query',
      'x==',
      '--all',
      '--no-prompt',
    ],
    ...[
      'w',
      'w/0',
      'w/leader',
      'a=b',
      'a.b=c',
      '=',
      '@x',
      '--file',
      '--reset',
      'a,b',
      '--unit',
      '--utc',
      '--help',
      '--debug=x',
      '--timeout',
      '0',
    ],
    ...[
      'application',
      'unit',
      'model',
      'default',
      '-q',
      '--color',
      '--watch',
      '--no-tail',
      '--params',
      'ü',
      '\u0000',
      '--frob',
      '-xyz',
    ],
  );
  await withController({}, async (fake) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.array(words, { maxLength: 6 }), async (name, rest) => {
        const { code, err } = await fake.run([name, ...rest]);
        expect([0, 1, 2]).toContain(code);
        expect(err).not.toContain('internal error');
        if (code !== 0) expect(err).toMatch(/(^|\n| )ERROR ./);
      }),
      { numRuns: 600 },
    );
  });
});
