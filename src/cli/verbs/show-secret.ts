import { refuseExtra, usageError } from '../failure.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { revisionOption } from '../secrets/revision.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<ID>|<name>',
  purpose: 'Show details of a secret.',
  details: `
Its content is shown with --reveal only: that of the latest revision, or of the one of --revision.`,
  examples: [
    'show-secret my-secret',
    'show-secret my-secret --reveal',
    'show-secret secret:9m4e2mr0ui3e8a215n4g --revision 2 --reveal',
    'show-secret my-secret --revisions',
  ],
  options(command) {
    formatOptions(command, 'yaml', ['json']);
    command
      .option('--reveal', 'show the content')
      .option('-r, --revision <number>', 'show this revision instead of the latest')
      .option('--revisions', 'show when each revision was made');
  },
  async run(call) {
    const [secret] = call.args;
    if (secret === undefined) throw usageError('secret ID is required');
    const reveal = call.options.reveal === true;
    const revisions = call.options.revisions === true;
    const revision = revisionOption(call.options.revision);
    if (revisions && reveal) throw usageError('specify either --revisions or --reveal but not both');
    if (revisions && revision > 0) throw usageError('specify either --revisions or --revision but not both');
    refuseExtra(call.args, 1);
    const { secrets } = await call.client.call('showSecret', { secret, revision, reveal });
    const { secretsById, secretsYaml } = await import('../secrets/listing.ts');
    const parts = { access: true, revisions };
    await writeFormatted(call, secretsById(secrets, parts), { yaml: () => secretsYaml(secrets, parts) });
    return 0;
  },
};
