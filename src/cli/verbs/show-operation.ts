import { refuseExtra, usageError } from '../failure.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { operationListing } from '../tasks/listing.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<operation>',
  purpose: 'Show the results of an operation.',
  options(command) {
    formatOptions(command, 'yaml', ['json']);
    command.option('--utc', 'show times in UTC');
  },
  async run(call) {
    const [id] = call.args;
    if (id === undefined) throw usageError('no operation ID specified');
    refuseExtra(call.args, 1);
    const operation = await call.client.call('showOperation', { id });
    await writeFormatted(call, operationListing(operation), {});
    return 0;
  },
};
