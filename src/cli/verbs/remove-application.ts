import { confirm, isYes } from '../confirm.ts';
import { Failure, usageError } from '../failure.ts';
import { isApplicationName } from '../names.ts';
import { naturalEntries } from '../natural.ts';
import type { Invocation, Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application> [<application> ...]',
  purpose: 'Remove applications from the model.',
  details: `
The units stop in order: their stop and remove hooks run. A unit whose hook has failed keeps the application until the error
is resolved; --force leaves out what fails.`,
  examples: ['remove-application temporal-worker-k8s', 'remove-application temporal-worker-k8s --force --no-prompt'],
  options(command) {
    command
      .option('--no-prompt', 'do not ask')
      .option('--dry-run', 'print what would be removed without removing')
      .option('--destroy-storage', 'destroy the storage of the units as well')
      .option('--force', 'remove even if hooks fail')
      .option('--no-wait', 'with --force: do not wait for each step');
  },
  async run(call) {
    if (call.args.length === 0) throw usageError('no application specified');
    const invalid = call.args.find((name) => !isApplicationName(name));
    if (invalid) throw usageError(`invalid application name "${invalid}"`);
    if (call.options.wait === false && !call.options.force) throw usageError('--no-wait without --force not valid');
    const skip = /^(1|t|true)$/i.test(call.env.JUJU_SKIP_CONFIRMATION ?? '');
    const asks = call.options.prompt !== false && !skip;
    if (asks || call.options.dryRun) {
      const list = await whatGoes(call);
      if (call.options.dryRun) {
        call.out(list);
        return 0;
      }
      call.stderr.write(`WARNING This command will perform the following actions:\n${list}\n`);
      await confirm(call, 'Continue [y/N]? ', isYes, 'application removal');
    }
    // A controller of an earlier version, which may still run, tells of no failures by themselves.
    const { messages, failed = [] } = await call.client.call(
      'removeApplication',
      {
        applications: [...call.args],
        force: call.options.force === true,
        destroyStorage: call.options.destroyStorage === true,
      },
      // The list was shown with the question already.
      { onEvent: ({ progress }) => (asks ? undefined : call.out(`${progress}\n`)), signal: call.signal },
    );
    for (const message of messages) call.info(message);
    for (const { name, why } of failed) call.stderr.write(`ERROR removing application ${name} failed: ${why}\n`);
    return failed.length > 0 ? 1 : 0;
  },
};

/** The lines that Juju prints before it asks. Rejects when an application is not there. */
async function whatGoes(call: Invocation): Promise<string> {
  const status = await call.client.call('status', { selectors: [] });
  const lines = call.args.flatMap((name) => {
    const application = status.applications[name];
    if (!application) throw new Failure(`removing application ${name} failed: application "${name}" not found`);
    return [
      `will remove application ${name}`,
      ...naturalEntries(application.units).map(([unit]) => `- will remove unit ${unit}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}
