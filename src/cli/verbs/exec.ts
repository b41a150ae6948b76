import { join } from 'shlex';
import { Failure, usageError } from '../failure.ts';
import { isApplicationName, isUnitOrLeader } from '../names.ts';
import { naturalEntries } from '../natural.ts';
import { chosenFormat } from '../output.ts';
import { parseWords } from '../parse.ts';
import { finishOperation, showEvent, waitMsOf } from '../tasks/finish.ts';
import { taskOptions } from '../tasks/options.ts';
import { plainExec } from '../tasks/render.ts';
import type { Invocation, Verb } from '../verb.ts';

const listed = (words: string, before: string[] = []) => [...before, ...words.split(',').filter((word) => word !== '')];

export const verb: Verb = {
  args: '(--unit <unit[,unit]> | --application <application> | --all) [--] <commands>',
  purpose: "Run a command line in units' charm environment, in a hook context.",
  details: `
The command waits until no hook runs on the unit. Hook commands such as config-get are on its PATH. One word is a line for the
shell; several words are one command with arguments.`,
  examples: [
    "exec --unit temporal-worker-k8s/0 -- 'echo $JUJU_UNIT_NAME'",
    'exec --unit temporal-worker-k8s/leader config-get',
    'exec --application temporal-worker-k8s -- status-get',
  ],
  rest: 'remote',
  options(command) {
    taskOptions(command);
    command
      .option('-u, --unit <units>', 'units, separated by commas', listed)
      .option('-a, --application <applications>', 'applications, separated by commas', listed)
      .option('--app <applications>', 'the same as --application', listed)
      .option('--all', 'every unit of the model')
      .option('--parallel', 'accepted for Juju')
      .option('--execution-group <group>', 'accepted for Juju')
      .option('--operator', 'accepted for Juju');
  },
  async run(given) {
    const call = withLateOptions(given);
    chosenFormat(call, 'plain', ['json', 'yaml']);
    const words = call.args[0] === '--' ? call.args.slice(1) : call.args;
    if (words.length === 0) throw usageError('no commands specified');
    const waitMs = waitMsOf(call, 5 * 60_000);
    const units = await targets(call);
    const command = words.length === 1 ? (words[0] ?? '') : join([...words]);
    const operation = await call.client.call(
      'exec',
      { units, command, waitMs, background: call.options.background === true },
      { onEvent: showEvent(call, true), signal: call.signal },
    );
    return await finishOperation(call, operation, plainExec);
  },
};

/** Juju also takes the target after the command (`exec hostname --unit app/0`). */
function withLateOptions(call: Invocation): Invocation {
  const { unit, application, app, all } = call.options;
  if (unit ?? application ?? app ?? all) return call;
  try {
    const late = parseWords('exec', { ...verb, rest: 'mixed' }, call.args);
    return { ...call, args: late.args, options: { ...call.options, ...late.options } };
  } catch {
    return call;
  }
}

async function targets(call: Invocation): Promise<string[]> {
  const units = (call.options.unit as string[] | undefined) ?? [];
  const applications = [
    ...((call.options.application as string[] | undefined) ?? []),
    ...((call.options.app as string[] | undefined) ?? []),
  ];
  const all = call.options.all === true;
  if (all && units.length > 0) throw usageError('You cannot specify --all and individual units');
  if (all && applications.length > 0) throw usageError('You cannot specify --all and individual applications');
  if (!all && units.length + applications.length === 0)
    throw usageError('You must specify a target, either through --all, --application or --unit');
  const invalid = [
    ...applications
      .filter((name) => !isApplicationName(name))
      .map((name) => `  "${name}" is not a valid application name`),
    ...units.filter((name) => !isUnitOrLeader(name)).map((name) => `  "${name}" is not a valid unit name`),
  ];
  if (invalid.length > 0) throw usageError(`The following exec targets are not valid:\n${invalid.join('\n')}`);
  if (!all && applications.length === 0) return units;
  const status = await call.client.call('status', { selectors: [] });
  const missing = applications.find((name) => !status.applications[name]);
  if (missing) throw new Failure(`application "${missing}" not found`);
  const chosen = naturalEntries(status.applications).filter(([name]) => all || applications.includes(name));
  return [...units, ...chosen.flatMap(([, application]) => naturalEntries(application.units).map(([unit]) => unit))];
}
