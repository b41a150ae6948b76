import type { ApplicationStatus, Status, UnitStatus } from '../api.ts';
import { type Context, cloudName, controllerName, jujuVersion, regionName } from '../context.ts';
import type { StatusRecord } from '../hook/model.ts';
import type { StorageStatus } from '../status-api.ts';
import { type ApplicationRecord, charmOf, listApplications } from '../store/applications.ts';
import { openedPorts } from '../store/hook-model.ts';
import { modelCreated } from '../store/models.ts';
import { isAcrossModels, relationsOf } from '../store/relations.ts';
import { listUnits, type UnitRecord } from '../store/units.ts';
import { charmUrl } from './charm-url.ts';
import { isConsuming, readIntegrations } from './integrations.ts';
import { selects } from './selectors.ts';
import { applicationRecord, statusInfo, statusTime, workloadStatus } from './shown-status.ts';
import { readOffers, readSaas } from './status-offers.ts';

/** `juju status --format json`. */
export function readStatus(context: Context, selectors: readonly string[]): Status {
  const { model } = context;
  const applications = listApplications(model).flatMap((application) => {
    const units = listUnits(model, application.id).map((unit) => ({ unit, workload: workloadStatus(context, unit) }));
    const shown = selects(
      selectors,
      application.name,
      units.map(({ unit, workload }) => ({ name: unit.name, words: [workload.status, unit.agent.status] })),
    );
    if (!shown) return [];
    const chosen = units.filter(({ unit }) => shown.has(unit.name));
    return [[application.name, applicationStatus(context, application, chosen, units)] as const];
  });
  const shown = new Set(applications.map(([name]) => name));
  return {
    model: {
      name: model.name,
      type: 'caas',
      controller: controllerName,
      cloud: cloudName,
      region: regionName,
      version: jujuVersion,
      'model-status': { current: 'available', since: statusTime(modelCreated(model)) },
      sla: 'unsupported',
    },
    machines: {},
    applications: Object.fromEntries(applications),
    ...readSaas(context, selectors),
    ...readOffers(context, shown),
    storage: readStorage(context),
    integrations: readIntegrations(model, shown),
    controller: { timestamp: `${new Date().toISOString().slice(11, 19)}Z` },
  };
}

type Shown = { readonly unit: UnitRecord; readonly workload: StatusRecord };

function applicationStatus(
  context: Context,
  application: ApplicationRecord,
  chosen: readonly Shown[],
  all: readonly Shown[],
): ApplicationStatus {
  const { model } = context;
  const charm = charmOf(model, application);
  const { spec } = charm;
  const relations = relationsOf(model, application.id).filter((view) => !isAcrossModels(view) || isConsuming(view));
  const related: Record<string, { 'related-application': string; interface: string; scope: string }[]> = {};
  for (const view of relations) {
    const entry = {
      'related-application': view.remote.name,
      interface: view.interface,
      scope: spec.endpoints[view.own.endpoint]?.scope ?? 'global',
    };
    related[view.own.endpoint] = [...(related[view.own.endpoint] ?? []), entry];
  }
  const bindings = Object.fromEntries(['', ...Object.keys(spec.endpoints).sort()].map((name) => [name, 'alpha']));
  return {
    charm: charmUrl(charm),
    base: spec.base,
    'charm-origin': 'local',
    'charm-name': charm.name,
    'charm-rev': charm.revision,
    ...(spec.version && { 'charm-version': spec.version }),
    ...(application.channel && { 'charm-channel': application.channel }),
    scale: application.scale,
    'provider-id': application.providerId,
    address: all[0]?.unit.address ?? '',
    exposed: false,
    ...(application.life === 'dying' && { life: 'dying' }),
    'application-status': statusInfo(
      applicationRecord(
        context,
        application,
        all.map(({ workload }) => workload),
      ),
    ),
    ...(relations.length > 0 && { relations: related }),
    ...(chosen.length > 0 && {
      units: Object.fromEntries(chosen.map((shown) => [shown.unit.name, unitStatus(context, application, shown)])),
    }),
    ...(application.version && { version: application.version }),
    'endpoint-bindings': bindings,
  };
}

function unitStatus(context: Context, application: ApplicationRecord, { unit, workload }: Shown): UnitStatus {
  const ports = openedPorts(context.model, unit.id);
  return {
    'workload-status': statusInfo(workload),
    'juju-status': {
      ...statusInfo(unit.agent),
      version: jujuVersion,
      ...(unit.life === 'dying' && { life: 'dying' as const }),
    },
    ...(application.leader === unit.id && { leader: true }),
    ...(ports.length > 0 && { 'open-ports': ports }),
    address: unit.address,
    'provider-id': unit.name.replace('/', '-'),
  };
}

function readStorage(context: Context): Status['storage'] {
  const { model } = context;
  const rows = model.db.all<{ id: string; kind: string; location: string; unit: number; number: number; app: string }>(
    `SELECT s.*, u.number, a.name AS app FROM storages s JOIN units u ON u.id = s.unit JOIN applications a ON a.id = u.application
     WHERE a.model = ? ORDER BY s.id`,
    model.uuid,
  );
  if (rows.length === 0) return {};
  const storages = rows.map((row): [string, StorageStatus] => [
    row.id,
    {
      kind: row.kind,
      life: 'alive',
      status: { current: 'attached' },
      persistent: false,
      attachments: { units: { [`${row.app}/${row.number}`]: { life: 'alive', location: row.location } } },
    },
  ]);
  return { storage: Object.fromEntries(storages) };
}
