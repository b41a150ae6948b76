import type { StatusInfo } from '../api.ts';
import type { Context } from '../context.ts';
import type { StatusRecord } from '../hook/model.ts';
import type { ApplicationRecord } from '../store/applications.ts';
import { readCharm } from '../store/charms.ts';
import { failedEvent, listEvents } from '../store/queue.ts';
import { listUnits, type UnitRecord } from '../store/units.ts';

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

/** What an application's status is shown as: its own, else the worst of its units'. */
export function applicationRecord(
  context: Context,
  application: ApplicationRecord,
  units?: readonly StatusRecord[],
): StatusRecord {
  if (application.status) return application.status;
  const all = units ?? listUnits(context.model, application.id).map((unit) => workloadStatus(context, unit));
  return worst(all, application.created);
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

export function statusInfo(record: StatusRecord): StatusInfo {
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
