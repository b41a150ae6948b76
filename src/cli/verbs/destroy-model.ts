import { confirm } from '../confirm.ts';
import { parseDuration } from '../duration.ts';
import { refuseExtra, usageError } from '../failure.ts';
import { Interrupted } from '../io.ts';
import { naturalEntries } from '../natural.ts';
import type { Invocation, Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<model>',
  purpose: 'Remove a model with everything in it.',
  details: `
The model "default" begins anew at once, so that there always is one.`,
  examples: ['destroy-model cos', 'destroy-model cos --no-prompt --force'],
  options(command) {
    command
      .option('--no-prompt', 'do not ask')
      .option('--destroy-storage', 'destroy the storage as well')
      .option('--release-storage', 'accepted for Juju')
      .option('--force', 'remove even if hooks fail')
      .option('--no-wait', 'with --force: do not wait for each step')
      .option('-t, --timeout <duration>', 'with --force: accepted for Juju');
  },
  async run(call) {
    const [model] = call.args;
    if (model === undefined) throw usageError('no model specified');
    refuseExtra(call.args, 1);
    refuseBadOptions(call);
    const client = call.client.inModel(model);
    if (call.options.prompt !== false) {
      const { applications, model: found } = await client.call('status', { selectors: [] });
      const names = naturalEntries(applications).map(([name]) => `"${name}"`);
      call.stderr.write(
        `WARNING This command will destroy the ${JSON.stringify(found.name)} model and affect the following resources. It cannot be stopped.\n`,
      );
      call.stderr.write(` - ${names.length} application${names.length === 1 ? '' : 's'} will be removed\n`);
      if (names.length > 0) call.stderr.write(`  - application list: ${names.join(' ')}\n`);
      await confirm(
        call,
        '\nTo continue, enter the name of the model to be destroyed: ',
        (answer) => answer === found.name,
        'model destruction',
      );
    }
    const { messages } = await client
      .call(
        'destroyModel',
        { force: call.options.force === true },
        { onEvent: ({ progress }) => call.info(progress), signal: call.signal },
      )
      .catch((error: unknown) => {
        if (error instanceof Interrupted) call.info('\ndestroy model is still running in the background...');
        throw error;
      });
    for (const message of messages) call.info(message);
    return 0;
  },
};

function refuseBadOptions({ options }: Invocation): void {
  const { force, timeout } = options;
  if (options.destroyStorage && options.releaseStorage)
    throw usageError('--destroy-storage and --release-storage cannot both be specified');
  if (timeout !== undefined && parseDuration(String(timeout), 'timeout') < 0)
    throw usageError('--timeout must be zero or greater');
  if (!force && timeout !== undefined) throw usageError('--timeout can only be used with --force (dangerous)');
  if (!force && options.wait === false) throw usageError('--no-wait without --force not valid');
}
