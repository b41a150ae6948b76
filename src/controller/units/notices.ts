import { PebbleApiError, type PebbleClient } from '../../pebble/client.ts';
import type { Notice } from '../../pebble/types.ts';
import type { HookEvent } from '../hook/event.ts';
import type { Model } from '../store/models.ts';
import { queueEvent, ranks } from '../store/queue.ts';

interface ContainerRow {
  boot: string;
  notices_after: string;
  checks_json: string;
}

function readContainer(model: Model, unit: number, container: string): ContainerRow | undefined {
  return model.db.get<ContainerRow>('SELECT * FROM containers WHERE unit = ? AND name = ?', unit, container);
}

/** Up to where the container's notices have become events; empty at first. */
export function readCursor(model: Model, unit: number, container: string): string {
  return readContainer(model, unit, container)?.notices_after ?? '';
}

/** A boot id that was not seen before is a container that has started: the unit is told that Pebble is ready. */
export function noteBoot(model: Model, unit: number, container: string, boot: string): void {
  model.db.transact(() => {
    const known = readContainer(model, unit, container);
    if (!known || known.boot === boot) return;
    model.db.run(
      "UPDATE containers SET boot = ?, checks_json = '{}' WHERE unit = ? AND name = ?",
      boot,
      unit,
      container,
    );
    queueEvent(model, unit, ranks.workload, { hook: `${container}-pebble-ready`, workload: { container } });
  });
}

/**
 * Queues what Juju would make of these notices, and moves the cursor in the same transaction: a notice becomes an
 * event once, whenever this process is killed. Changes of checks are looked up first, for a notice does not tell how
 * a change ended.
 */
export async function noteNotices(
  model: Model,
  told: {
    readonly unit: number;
    readonly container: string;
    readonly notices: readonly Notice[];
    readonly client: PebbleClient;
  },
): Promise<void> {
  const { unit, container, client } = told;
  const notices = [...told.notices].sort((a, b) => compareTimes(a['last-repeated'], b['last-repeated']));
  const last = notices.at(-1);
  if (!last) return;
  const ended = new Map<string, CheckEvent>();
  for (const notice of notices) {
    const event = await readCheckEvent(notice, client);
    if (event) ended.set(notice.id, event);
  }
  model.db.transact(() => {
    const known = readContainer(model, unit, container);
    if (!known) return;
    const checks: Record<string, string> = JSON.parse(known.checks_json);
    for (const notice of notices) {
      const check = ended.get(notice.id);
      if (notice.type === 'custom') queueEvent(model, unit, ranks.workload, customNotice(container, notice));
      // The same end of a change may be told by two notices of it.
      if (!check || checks[check.name] === check.change) continue;
      checks[check.name] = check.change;
      queueEvent(model, unit, ranks.workload, {
        hook: `${container}-pebble-check-${check.what}`,
        workload: { container, check: check.name },
      });
    }
    model.db.run(
      'UPDATE containers SET notices_after = ?, checks_json = ? WHERE unit = ? AND name = ?',
      last['last-repeated'],
      JSON.stringify(checks),
      unit,
      container,
    );
  });
}

function customNotice(container: string, notice: Notice): HookEvent {
  const { id, type, key } = notice;
  return { hook: `${container}-pebble-custom-notice`, workload: { container, notice: { id, type, key } } };
}

interface CheckEvent {
  readonly name: string;
  readonly what: 'failed' | 'recovered';
  readonly change: string;
}

/** perform-check that ended in Error: failed. recover-check that is Done: recovered. */
async function readCheckEvent(notice: Notice, client: PebbleClient): Promise<CheckEvent | undefined> {
  const kind = notice['last-data']?.kind;
  const name = notice['last-data']?.['check-name'];
  if (notice.type !== 'change-update' || !name || (kind !== 'perform-check' && kind !== 'recover-check'))
    return undefined;
  try {
    const { status } = await client.change(notice.key);
    if (kind === 'perform-check') return status === 'Error' ? { name, what: 'failed', change: notice.key } : undefined;
    return status === 'Done' ? { name, what: 'recovered', change: notice.key } : undefined;
  } catch (error) {
    // Pebble forgets old changes; what became of that one cannot be told any more.
    if (error instanceof PebbleApiError && error.statusCode === 404) return undefined;
    throw error;
  }
}

/** RFC 3339 with up to nine decimals, of which `Date` would lose six. */
function compareTimes(a: string, b: string): number {
  const [first, second] = [a, b].map((time) => ({
    seconds: Date.parse(time.replace(/\.\d+/, '')),
    fraction: /\.(\d+)/.exec(time)?.[1]?.padEnd(9, '0') ?? '',
  }));
  if (first!.seconds !== second!.seconds) return first!.seconds - second!.seconds;
  return first!.fraction < second!.fraction ? -1 : first!.fraction > second!.fraction ? 1 : 0;
}
