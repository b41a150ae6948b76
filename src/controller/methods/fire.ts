import { once } from 'node:events';
import type { AuthorMethods, FireParams } from '../author-api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import type { HookEvent } from '../hook/event.ts';
import { charmOf, readApplication } from '../store/applications.ts';
import { readCharm } from '../store/charms.ts';
import type { Model } from '../store/models.ts';
import { listEvents, queueEvent, ranks } from '../store/queue.ts';
import { membership, type RelationView, relationEvent, relationsOf } from '../store/relations.ts';
import { isLeader, type UnitRecord } from '../store/units.ts';
import { needUnit } from './find.ts';

/** Queues the event as the controller itself would, and waits until the charm has been told. */
export async function fire(
  context: Context,
  params: FireParams,
  signal: AbortSignal,
): Promise<AuthorMethods['fire']['result']> {
  const { model } = context;
  const unit = needUnit(context, params.unit);
  if (unit.life === 'dying') throw new UserError(`cannot fire "${params.event}": unit ${unit.name} is being removed`);
  const { rank, event } = eventFor(model, unit, params);
  const id = model.db.transact(() => {
    // The options have not changed, and still the unit is to be told.
    if (event.hook === 'config-changed') model.db.run("UPDATE units SET config_hash = '' WHERE id = ?", unit.id);
    queueEvent(model, unit.id, rank, event);
    const same = JSON.stringify(event);
    return listEvents(model, unit.id).findLast(
      (each) => each.state === 'pending' && JSON.stringify(each.event) === same,
    )!.id;
  });
  const deadline = AbortSignal.timeout(Math.max(1, Math.min(params.waitMs, 2 ** 31 - 1)));
  return waitForEnd(model, unit, id, AbortSignal.any([signal, deadline]));
}

async function waitForEnd(
  model: Model,
  unit: UnitRecord,
  id: number,
  signal: AbortSignal,
): Promise<AuthorMethods['fire']['result']> {
  const ended = new AbortController();
  const look = (): AuthorMethods['fire']['result'] => {
    const events = listEvents(model, unit.id);
    const mine = events.find((each) => each.id === id);
    if (!mine) return { state: 'done', reason: '' };
    if (mine.state === 'failed') return { state: 'failed', reason: mine.reason };
    const failed = events.find((each) => each.state === 'failed');
    return { state: 'waiting', reason: failed ? `unit ${unit.name} is in error: ${failed.reason}` : '' };
  };
  const onChange = (): void => {
    const { state, reason } = look();
    if (state !== 'waiting' || reason !== '') ended.abort();
  };
  model.db.on('changed', onChange);
  try {
    onChange();
    const stop = AbortSignal.any([signal, ended.signal]);
    if (!stop.aborted) await once(stop, 'abort');
    return look();
  } finally {
    model.db.off('changed', onChange);
  }
}

type Queued = { readonly rank: number; readonly event: HookEvent };

const plain: Readonly<Record<string, number>> = {
  install: ranks.install,
  'upgrade-charm': ranks.install,
  'config-changed': ranks.configChanged,
  start: ranks.start,
  'leader-elected': ranks.leadership,
  'leader-settings-changed': ranks.leadership,
  'update-status': ranks.updateStatus,
};

/** The event with all that belongs to it. Refuses one that the unit could not be told, and one that would not be true. */
function eventFor(model: Model, unit: UnitRecord, params: FireParams): Queued {
  const { event: hook } = params;
  const refuse = (why: string): never => {
    throw new UserError(`cannot fire "${hook}": ${why}`);
  };
  const rank = Object.hasOwn(plain, hook) ? plain[hook] : undefined;
  if (rank !== undefined) {
    if (hook === 'leader-elected' && !isLeader(model, unit)) refuse(`unit ${unit.name} is not the leader`);
    if (hook === 'leader-settings-changed' && isLeader(model, unit)) refuse(`unit ${unit.name} is the leader`);
    return { rank, event: { hook } };
  }
  if (hook === 'stop' || hook === 'remove')
    refuse(`it is part of a unit's end (charmlet remove-unit or charmlet refresh)`);
  const { spec } = readCharm(model, unit.charm);
  for (const container of Object.keys(spec.containers)) {
    const what = after(hook, `${container}-pebble-`);
    if (what === 'ready') return { rank: ranks.workload, event: { hook, workload: { container } } };
    if (what === 'check-failed' || what === 'check-recovered') {
      const { check } = params;
      if (!check) refuse('a check has a name (--check NAME)');
      else return { rank: ranks.workload, event: { hook, workload: { container, check } } };
    }
    if (what === 'custom-notice')
      refuse(
        `a notice comes from the container (charmlet ssh --container ${container} ${unit.name} pebble notify example.com/KEY)`,
      );
  }
  for (const endpoint of Object.keys(spec.endpoints)) {
    const what = after(hook, `${endpoint}-relation-`);
    if (what === 'changed')
      return { rank: ranks.relation, event: changed(model, unit, params, relationAt(model, unit, params, endpoint)) };
    if (what && /^(created|joined|departed|broken)$/.test(what))
      refuse('it tells of units that come and go (charmlet integrate, remove-relation or scale-application)');
  }
  for (const storage of listStorages(model, unit)) {
    if (hook === `${storage.name}-storage-attached`) {
      const { id, kind, location } = storage;
      return { rank: ranks.storage, event: { hook, storage: { id, kind, location } } };
    }
  }
  return refuse(`unit ${unit.name} has no such event (there are: ${known(model, unit).join(', ')})`);
}

function after(hook: string, prefix: string): string | undefined {
  return hook.startsWith(prefix) ? hook.slice(prefix.length) : undefined;
}

function relationAt(model: Model, unit: UnitRecord, params: FireParams, endpoint: string): RelationView {
  const views = relationsOf(model, unit.application).filter(
    (view) => view.own.endpoint === endpoint && membership(model, view.id, unit.id).entered,
  );
  const chosen = params.relation === undefined ? views : views.filter(({ id }) => id === params.relation);
  if (chosen.length === 1) return chosen[0]!;
  const list = views.map(({ id, remote }) => `${id} with ${remote.name}`);
  const found = list.length > 0 ? `there are ${list.join(', ')}` : 'there is none';
  throw new UserError(
    chosen.length > 1
      ? `cannot fire "${params.event}": unit ${unit.name} has several relations at "${endpoint}" (--relation ID: ${found})`
      : `cannot fire "${params.event}": unit ${unit.name} has no such relation at "${endpoint}" (${found})`,
  );
}

function changed(model: Model, unit: UnitRecord, params: FireParams, view: RelationView): HookEvent {
  const { remoteUnit = '' } = params;
  const { joined } = membership(model, view.id, unit.id);
  if (remoteUnit !== '' && !joined.includes(remoteUnit))
    throw new UserError(
      `cannot fire "${params.event}": unit "${remoteUnit}" has not joined relation ${view.id} (there are: ${joined.join(', ') || 'none'})`,
    );
  return relationEvent(view, 'changed', remoteUnit);
}

interface StorageRow {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly location: string;
}

function listStorages(model: Model, unit: UnitRecord): StorageRow[] {
  return model.db.all<StorageRow>('SELECT id, name, kind, location FROM storages WHERE unit = ? ORDER BY id', unit.id);
}

/** What may be fired at the unit as it is now. */
function known(model: Model, unit: UnitRecord): string[] {
  const { spec } = charmOf(model, readApplication(model, unit.application));
  const not = isLeader(model, unit) ? 'leader-settings-changed' : 'leader-elected';
  return [
    ...Object.keys(plain).filter((hook) => hook !== not),
    ...Object.keys(spec.containers).flatMap((container) =>
      ['ready', 'check-failed', 'check-recovered'].map((what) => `${container}-pebble-${what}`),
    ),
    ...Object.keys(spec.endpoints).map((endpoint) => `${endpoint}-relation-changed`),
    ...new Set(listStorages(model, unit).map(({ name }) => `${name}-storage-attached`)),
  ];
}
