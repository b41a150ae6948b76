import { usageError } from '../failure.ts';
import { isUnitOrLeader } from '../names.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<unit> [<unit> ...]',
  purpose: 'Show what is known of units: address, ports, relations and their data.',
  examples: ['show-unit temporal-worker-k8s/0', 'show-unit temporal-worker-k8s/0 --endpoint database --format json'],
  options(command) {
    formatOptions(command, 'yaml', ['json']);
    command
      .option('--endpoint <endpoint>', 'only relations of this endpoint')
      .option('--related-unit <unit>', 'only relations with this unit')
      .option('--app', "only the applications' data of relations");
  },
  async run(call) {
    if (call.args.length === 0) throw usageError('no unit specified');
    const invalid = call.args.find((unit) => !isUnitOrLeader(unit));
    if (invalid) throw usageError(`invalid unit name "${invalid}"`);
    const { unitsOf } = await import('../leader.ts');
    const shown = await call.client.call('showUnit', { units: await unitsOf(call, call.args) });
    await writeFormatted(
      call,
      Object.fromEntries(Object.entries(shown).map(([unit, body]) => [unit, narrowed(body, call.options)])),
      {},
    );
    return 0;
  },
};

interface RelationInfo {
  endpoint?: string;
  'local-unit'?: unknown;
  'related-units'?: Record<string, unknown>;
}

/** Leaves out the relations that were not asked for. */
function narrowed(body: unknown, options: Readonly<Record<string, unknown>>): unknown {
  const info = (body as { 'relation-info'?: RelationInfo[] } | null)?.['relation-info'];
  if (!Array.isArray(info)) return body;
  const chosen = info
    .filter((one) => options.endpoint === undefined || one.endpoint === options.endpoint)
    .filter(
      (one) =>
        options.relatedUnit === undefined || Object.hasOwn(one['related-units'] ?? {}, String(options.relatedUnit)),
    )
    .map((one) => {
      if (!options.app) return one;
      const { 'local-unit': _local, 'related-units': _related, ...application } = one;
      return application;
    });
  return { ...(body as object), 'relation-info': chosen };
}
