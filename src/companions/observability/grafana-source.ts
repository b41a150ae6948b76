import type { CompanionUnit } from '../../controller/companion.ts';
import { type HookCommandRunner, isLeader, relationIds } from '../../hookcmds/index.ts';
import { keepDatabag } from './related.ts';
import type { Topology } from './topology.ts';

/** Tells Grafana (`grafana_datasource`, provider) that this unit is a data source, and of which type. */
export async function provideGrafanaSource(
  tools: HookCommandRunner,
  unit: CompanionUnit,
  source: {
    readonly type: string;
    readonly url: string;
    /** For the source's `jsonData`. */
    readonly extraFields?: Readonly<Record<string, unknown>>;
    readonly topology: Topology;
    readonly broken: string | undefined;
  },
): Promise<void> {
  const ids = (await relationIds(tools, 'grafana-source')).filter((id) => id !== source.broken);
  if (ids.length === 0) return;
  const { model, modelUuid, application } = source.topology;
  const leads = await isLeader(tools);
  for (const relationId of ids) {
    await keepDatabag(tools, { relationId, entity: unit.name }, { grafana_source_host: source.url });
    if (!leads) continue;
    const data = {
      model,
      model_uuid: modelUuid,
      application,
      type: source.type,
      extra_fields: source.extraFields ?? null,
      secure_extra_fields: null,
    };
    await keepDatabag(
      tools,
      { relationId, entity: application, application: true },
      { grafana_source_data: JSON.stringify(data) },
    );
  }
}
