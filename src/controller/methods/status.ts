import type { ApplicationStatus, Status, StatusInfo, UnitStatus } from '../api.ts';
import { type Context, cloudName, controllerName, jujuVersion, regionName } from '../context.ts';
import type { StatusRecord } from '../hook/model.ts';
import { type ApplicationRecord, charmOf, listApplications, readApplication } from '../store/applications.ts';
import { type CharmRecord, readCharm } from '../store/charms.ts';
import { openedPorts } from '../store/hook-model.ts';
import { modelCreated } from '../store/models.ts';
import { failedEvent, listEvents } from '../store/queue.ts';
import { relationsOf } from '../store/relations.ts';
import { listUnits, type UnitRecord } from '../store/units.ts';
import { readIntegrations } from './integrations.ts';
import { selects } from './selectors.ts';

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
    storage: readStorage(context),
    integrations: readIntegrations(model, new Set(applications.map(([name]) => name))),
    controller: { timestamp: `${new Date().toISOString().slice(11, 19)}Z` },
  };
}

/** What the unit's workload status is shown as: a hook that failed lies over what the charm has set. */
export function workloadStatus(context: Context, unit: UnitRecord): StatusRecord {
  const failed = failedEvent(context.model, unit.id);
  if (failed) return { status: 'error', message: failed.reason, data: {}, since: failed.failedAt ?? unit.agent.since };
  const status = unit.status ?? { status: 'unknown', message: '', data: {}, since: unit.agent.since };
  const away = status.status === 'active' ? containerAway(context, unit, status) : undefined;
  if (!away) return status;
  return { status: 'waiting', message: `waiting for container "${away}"`, data: {}, since: unit.agent.since };
}

/** A container that does not answer, or of whose start the charm has not spoken yet: what it said before is old. */
function containerAway(context: Context, unit: UnitRecord, status: StatusRecord): string | undefined {
  const starts = listEvents(context.model, unit.id).map(({ event }) => event.hook);
  return Object.keys(readCharm(context.model, unit.charm).spec.containers).find((container) => {
    const since = context.contact.answersSince(unit.id, container);
    return since === null || (status.since < since && starts.includes(`${container}-pebble-ready`));
  });
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
  const relations = relationsOf(model, application.id);
  const related: Record<string, { 'related-application': string; interface: string; scope: string }[]> = {};
  for (const view of relations) {
    const entry = {
      'related-application': readApplication(model, view.remote.application).name,
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
      application.status ??
        worst(
          all.map(({ workload }) => workload),
          application.created,
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

export function charmUrl(charm: CharmRecord): string {
  return `local:${charm.name}-${charm.revision}`;
}

function unitStatus(context: Context, application: ApplicationRecord, { unit, workload }: Shown): UnitStatus {
  const ports = openedPorts(context.model, unit.id);
  return {
    'workload-status': statusInfo(workload),
    'juju-status': { ...statusInfo(unit.agent), version: jujuVersion },
    ...(application.leader === unit.id && { leader: true }),
    ...(ports.length > 0 && { 'open-ports': ports }),
    address: unit.address,
    'provider-id': unit.name.replace('/', '-'),
  };
}

/** Juju derives the status of an application that never set one from the worst of its units. */
const fromWorst = ['error', 'blocked', 'waiting', 'maintenance', 'active', 'terminated', 'unknown'];

function worst(statuses: readonly StatusRecord[], since: string): StatusRecord {
  for (const word of fromWorst) {
    const found = statuses.find(({ status }) => status === word);
    if (found) return found;
  }
  return { status: 'unknown', message: '', data: {}, since };
}

function statusInfo(record: StatusRecord): StatusInfo {
  return {
    current: record.status,
    ...(record.message && { message: record.message }),
    ...(record.since && { since: statusTime(record.since) }),
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `02 Jan 2006 15:04:05Z` of an RFC 3339 text. */
export function statusTime(time: string): string {
  const utc = new Date(time).toISOString();
  return `${utc.slice(8, 10)} ${months[Number(utc.slice(5, 7)) - 1]} ${utc.slice(0, 4)} ${utc.slice(11, 19)}Z`;
}

function readStorage(context: Context): Record<string, unknown> {
  const { model } = context;
  const rows = model.db.all<{ id: string; kind: string; location: string; unit: number; number: number; app: string }>(
    `SELECT s.*, u.number, a.name AS app FROM storages s JOIN units u ON u.id = s.unit JOIN applications a ON a.id = u.application
     WHERE a.model = ? ORDER BY s.id`,
    model.uuid,
  );
  if (rows.length === 0) return {};
  const storages = rows.map((row) => [
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
