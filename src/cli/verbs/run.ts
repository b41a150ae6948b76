import { usageError } from '../failure.ts';
import { isUnitOrLeader } from '../names.ts';
import { chosenFormat } from '../output.ts';
import { finishOperation, showEvent, waitMsOf } from '../tasks/finish.ts';
import { taskOptions } from '../tasks/options.ts';
import { readParams } from '../tasks/params.ts';
import { plainOperation } from '../tasks/render.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<unit> [<unit> ...] <action> [<key>[.<key> ...]=<value> ...]',
  purpose: 'Run an action on units, and show its results.',
  details: `
A unit is app/0, or app/leader for the unit that leads. Values are read as YAML; --string-args keeps them as text.
Without --wait results are awaited for 60 seconds; the task goes on after that.

An action that fails by its own word prints "Action id N failed: ..." and the exit code is 0, as Juju's; scripts read "status"
from --format json.`,
  examples: [
    'run temporal-k8s/0 create-namespace name=test',
    'run temporal-worker-k8s/leader restart --wait 2m --format json',
    'run temporal-worker-k8s/0 temporal-worker-k8s/1 restart --background',
  ],
  options(command) {
    taskOptions(command);
    command
      .option('--params <file>', 'YAML file with the parameters')
      .option('--string-args', 'use values as they are typed instead of reading them as YAML');
  },
  async run(call) {
    chosenFormat(call, 'plain', ['json', 'yaml']);
    const first = call.args.findIndex((word) => !isUnitOrLeader(word));
    const units = first === -1 ? call.args : call.args.slice(0, first);
    const action = first === -1 ? undefined : call.args[first];
    if (action !== undefined && !/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(action))
      throw usageError(`invalid unit or action name "${action}"`);
    if (units.length === 0) throw usageError('no unit specified');
    if (action === undefined) throw usageError('no action specified');
    if (new Set(units.map((unit) => unit.split('/')[0])).size > 1)
      throw usageError('all units must be of the same application');
    const waitMs = waitMsOf(call, 60_000);
    const params = readParams({
      words: call.args.slice(first + 1),
      file: call.options.params as string | undefined,
      stringArgs: call.options.stringArgs === true,
      cwd: call.cwd,
    });
    const operation = await call.client.call(
      'run',
      { units: [...units], action, params, background: call.options.background === true, waitMs },
      { onEvent: showEvent(call, false), signal: call.signal },
    );
    return await finishOperation(call, operation, plainOperation);
  },
};
