import { usageError } from '../failure.ts';
import { oneApplication } from '../one-application.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application>',
  purpose: 'Add units to an application.',
  examples: ['add-unit temporal-worker-k8s', 'add-unit temporal-worker-k8s -n 2'],
  options(command) {
    command
      .option('-n, --num-units <n>', 'number of units to add (default 1)')
      .option('--to <machine>', 'refused, as Juju does on Kubernetes')
      .option('--attach-storage <storage>', 'refused, as Juju does on Kubernetes');
  },
  async run(call) {
    const application = oneApplication(call.args);
    if (call.options.to !== undefined || call.options.attachStorage !== undefined)
      throw usageError('k8s models only support --num-units');
    const text = String(call.options.numUnits ?? '1');
    const by = Number(text);
    if (!/^[+-]?[0-9]+$/.test(text))
      throw usageError(`invalid value "${text}" for option --num-units (a number from 1)`);
    if (by < 1) throw usageError('--num-units must be a positive integer');
    const { messages } = await call.client.call('scale', { application, by, force: false });
    for (const message of messages) call.info(message);
    return 0;
  },
};
