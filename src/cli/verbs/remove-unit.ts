import { usageError } from '../failure.ts';
import { isUnitName } from '../names.ts';
import { oneApplication } from '../one-application.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application>',
  purpose: 'Remove units of an application.',
  details: `
Units cannot be chosen, as on Kubernetes: those with the highest numbers leave. With --force a hook that fails, or has failed,
does not keep its unit.`,
  examples: ['remove-unit temporal-worker-k8s --num-units 1', 'remove-unit temporal-worker-k8s --num-units 2 --force'],
  options(command) {
    command
      .option('--num-units <n>', 'number of units to remove')
      .option('--force', 'remove units even if hooks fail')
      .option('--no-prompt', 'accepted for Juju, which asks nothing either')
      .option('--no-wait', 'with --force: do not wait for each step')
      .option('--destroy-storage', 'refused, as Juju does on Kubernetes')
      .option('--dry-run', 'refused, as Juju does on Kubernetes');
  },
  async run(call) {
    if (call.options.dryRun) throw usageError('`--dry-run` is not supported for kubernetes units');
    if (call.options.destroyStorage) throw usageError('k8s models only support --num-units');
    if (call.args.length > 1) throw usageError('only single application supported');
    const [name = ''] = call.args;
    if (isUnitName(name)) {
      throw usageError(
        `k8s models do not support removing named units.\nInstead specify an application with --num-units.\n`,
      );
    }
    const application = oneApplication(call.args);
    const text = String(call.options.numUnits ?? '0');
    if (!/^[+-]?[0-9]+$/.test(text))
      throw usageError(`invalid value "${text}" for option --num-units (a number from 1)`);
    if (Number(text) <= 0) throw usageError('specify the number of units (> 0) to remove using --num-units');
    const force = call.options.force === true;
    if (call.options.wait === false && !force) throw usageError('--no-wait without --force not valid');
    const result = await call.client.call('scale', { application, by: -Number(text), force });
    call.info(`scaling down to ${result.scale} units`);
    for (const message of result.messages) call.info(message);
    return 0;
  },
};
