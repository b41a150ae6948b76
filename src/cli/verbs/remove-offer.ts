import { confirm, isYes } from '../confirm.ts';
import { usageError } from '../failure.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<offer> [<offer> ...]',
  purpose: 'Remove offers, by URL or by name in this model.',
  details: `
An offer that relations go through is kept unless --force is given, which ends the relations first. Whoever consumes it sees
that it has been removed.`,
  examples: ['remove-offer prometheus', 'remove-offer admin/cos.prometheus --force -y'],
  options(command) {
    command
      .option('--force', 'remove the offer as well as any relations to the offer')
      .option('-y, --yes', 'do not ask');
  },
  async run(call) {
    if (call.args.length === 0) throw usageError('no offers specified');
    const force = call.options.force === true;
    if (force && call.options.yes !== true) {
      const warning = `WARNING! This command will remove offers: ${call.args.join(', ')}\nThis includes all relations to those offers.\n`;
      await confirm(call, `${warning}\nContinue [y/N]? `, isYes, 'offer removal');
    }
    await call.client.call('removeOffer', { offers: [...call.args], force });
    return 0;
  },
};
