import { refuseExtra, usageError } from '../failure.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { operationListing, operationTable } from '../tasks/listing.ts';
import type { Verb } from '../verb.ts';

const statuses = ['pending', 'running', 'completed', 'failed', 'cancelled', 'aborting', 'aborted'];

const listed = (words: string) => words.split(',').filter((word) => word !== '');

export const verb: Verb = {
  args: '',
  purpose: 'List pending, running and completed operations.',
  options(command) {
    formatOptions(command, 'plain', ['json', 'yaml']);
    command
      .option('--apps <applications>', 'only on these applications, separated by commas', listed)
      .option('--applications <applications>', 'the same as --apps', listed)
      .option('--units <units>', 'only on these units, separated by commas', listed)
      .option('--actions <actions>', 'only these actions, separated by commas', listed)
      .option('--status <words>', 'only with these statuses, separated by commas', listed)
      .option('--limit <n>', 'at most so many, the newest')
      .option('--utc', 'show times in UTC');
  },
  async run(call) {
    refuseExtra(call.args, 0);
    const { apps, applications, units, actions, status } = call.options as Record<string, string[] | undefined>;
    const odd = (status ?? []).filter((word) => !statuses.includes(word));
    if (odd.length > 0)
      throw usageError(
        odd.map((word) => `"${word}" is not a valid task status, want one of [${statuses.join(' ')}]`).join('\n'),
      );
    const limit = count(call.options.limit, 'limit');
    const wanted = [...(apps ?? []), ...(applications ?? [])];
    const all = await call.client.call('operations', {});
    const chosen = all
      .filter((one) => status === undefined || status.includes(one.status))
      .filter(
        (one) =>
          actions === undefined ||
          actions.some((action) => one.summary.startsWith(`${action} `) || one.summary === action),
      )
      .filter((one) => units === undefined || units.some((unit) => Object.hasOwn(one.tasks, unit)))
      .filter(
        (one) =>
          wanted.length === 0 || Object.keys(one.tasks).some((unit) => wanted.includes(unit.split('/')[0] ?? '')),
      )
      .sort((a, b) => Number(a.id) - Number(b.id))
      .slice(-limit);
    if (chosen.length === 0) {
      call.info('no matching operations');
      return 0;
    }
    const listing = Object.fromEntries(chosen.map((operation) => [operation.id, operationListing(operation)]));
    await writeFormatted<unknown>(call, listing, { plain: () => operationTable(chosen) });
    return 0;
  },
};

/** As in Juju, 0 stands for no limit. */
function count(given: unknown, option: string): number {
  if (given === undefined) return 0;
  if (!/^\d+$/.test(String(given)))
    throw usageError(`invalid value "${given}" for option --${option} (a number from 0)`);
  return Number(given);
}
