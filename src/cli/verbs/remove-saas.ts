import { usageError } from '../failure.ts';
import { isApplicationName } from '../names.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<saas-application> [<saas-application> ...]',
  purpose: 'Remove what is consumed of other models.',
  details: `
Its relations end in order; with --force they are gone at once, and nobody is told.`,
  examples: ['remove-saas prometheus'],
  options(command) {
    command
      .option('--force', 'remove it even if hooks fail')
      .option('--no-wait', 'with --force: do not wait for each step');
  },
  async run(call) {
    if (call.args.length === 0) throw usageError('no SAAS application names specified');
    const invalid = call.args.find((name) => !isApplicationName(name));
    if (invalid !== undefined) throw usageError(`invalid SAAS application name "${invalid}"`);
    const force = call.options.force === true;
    if (call.options.wait === false && !force) throw usageError('--no-wait requires --force');
    const { failed } = await call.client.call('removeSaas', { names: [...call.args], force });
    for (const { name, why } of failed) call.info(`removing SAAS application ${name} failed: ${why}`);
    return failed.length > 0 ? 1 : 0;
  },
};
