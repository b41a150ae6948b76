import { usageError } from '../failure.ts';
import { isUnitName } from '../names.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[<unit> ...]',
  purpose: 'Mark the errors of units as resolved, and run the failed hooks again.',
  examples: ['resolved temporal-worker-k8s/0', 'resolved temporal-worker-k8s/0 --no-retry', 'resolved --all'],
  options(command) {
    command
      .option('--all', 'all units in error')
      .option('--no-retry', 'go on with the next hook instead of running the failed one again');
  },
  async run(call) {
    const all = call.options.all === true;
    if (all && call.args.length > 0) throw usageError('specifying unit names(s) with --all not supported');
    if (!all && call.args.length === 0) throw usageError('no unit specified');
    const invalid = call.args.find((unit) => !isUnitName(unit));
    if (invalid) throw usageError(`invalid unit name "${invalid}"`);
    const { messages } = await call.client.call('resolved', {
      units: [...call.args],
      all,
      retry: call.options.retry !== false,
    });
    for (const message of messages) call.info(message);
    return 0;
  },
};
