import { refuseExtra, usageError } from '../failure.ts';
import { revisionOption } from '../secrets/revision.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<ID>|<name>',
  purpose: 'Remove an existing secret.',
  details: `
Removes all revisions of a secret that a user has added, or the one of --revision.`,
  examples: ['remove-secret my-secret', 'remove-secret secret:9m4e2mr0ui3e8a215n4g --revision 4'],
  options(command) {
    command.option('--revision <number>', 'remove this revision only');
  },
  async run(call) {
    const [secret] = call.args;
    if (secret === undefined) throw usageError('missing secret URI');
    refuseExtra(call.args, 1);
    const revision = revisionOption(call.options.revision) || null;
    await call.client.call('removeSecret', { secret, revision });
    return 0;
  },
};
