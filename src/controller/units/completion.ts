import { configHash, readApplication } from '../store/applications.ts';
import { type Model, now } from '../store/models.ts';
import { type QueuedEvent, queueEvent, queueNext, ranks, removeEvent } from '../store/queue.ts';
import { enterRelation, membership, relationExists, setMembership } from '../store/relations.ts';
import { noteRotated } from '../store/secret-events.ts';
import { readUnit, setAgentStatus, setWorkloadStatus, type UnitRecord } from '../store/units.ts';
import { endRelation, forgetUnit } from './forget.ts';
import { rest } from './rest.ts';
import { takeCharm } from './take-charm.ts';

/** The hook's name without its endpoint, container or storage: `relation-joined` of `database-relation-joined`. */
function kindOf(hook: string): string {
  return /-(relation-\w+|storage-\w+)$/.exec(hook)?.[1] ?? hook;
}

/** In the transaction that marks an event as running: what Juju itself writes before the charm is told. */
export function beforeEvent(model: Model, queued: QueuedEvent): void {
  const { event } = queued;
  const unit = readUnit(model, queued.unit);
  const remote = event.relation?.remoteUnit;
  if (event.hook !== 'update-status')
    setAgentStatus(model, unit.id, 'executing', `running ${event.hook} hook${remote ? ` for ${remote}` : ''}`);
  const sayOwn = (message: string): void =>
    setWorkloadStatus(model, unit.id, { status: 'maintenance', message, data: {}, since: now() }, 'juju');
  if (event.hook === 'install' && !unit.statusByCharm) sayOwn('installing charm software');
  if (event.hook === 'stop') sayOwn('stopping charm software');
  if (event.hook === 'remove') sayOwn('cleaning up prior to charm deletion');
  if (event.relation && remote && relationExists(model, event.relation.id)) {
    const known = membership(model, event.relation.id, unit.id);
    const others = known.joined.filter((name) => name !== remote);
    const kind = kindOf(event.hook);
    // The joining unit is listed in its -joined, the departing one is not in its -departed.
    if (kind === 'relation-joined')
      setMembership(model, event.relation.id, unit.id, { ...known, joined: [...others, remote] });
    if (kind === 'relation-departed') setMembership(model, event.relation.id, unit.id, { ...known, joined: others });
  }
}

/**
 * In the transaction that commits what the hook wrote: the event leaves the queue, and what follows from it is queued.
 * `configHash` is that of the options the hook could read.
 */
export function afterEvent(model: Model, queued: QueuedEvent, configHashSeen: string): void {
  const { event } = queued;
  const unit = readUnit(model, queued.unit);
  removeEvent(model, queued.id);
  switch (kindOf(event.hook)) {
    case 'install':
      model.db.run('UPDATE units SET installed = 1 WHERE id = ?', unit.id);
      break;
    case 'config-changed':
      model.db.run('UPDATE units SET config_hash = ? WHERE id = ?', configHashSeen, unit.id);
      if (unit.life === 'alive' && configHash(model, readApplication(model, unit.application)) !== configHashSeen) {
        queueEvent(model, unit.id, ranks.configChanged, event);
      }
      break;
    case 'start':
      if (!unit.started) afterStart(model, unit.id, unit.statusByCharm);
      break;
    case 'relation-joined': {
      // Promised: it comes though the unit may have left by then (nextHookForRelation of Juju's uniter).
      const changed = { ...event, hook: event.hook.replace(/joined$/, 'changed') };
      if (relationExists(model, event.relation!.id)) queueNext(model, unit.id, changed);
      break;
    }
    case 'relation-created':
      enterRelation(model, event.relation!.id, unit);
      break;
    case 'relation-broken':
      if (!relationExists(model, event.relation!.id)) break;
      setMembership(model, event.relation!.id, unit.id, { entered: false, broken: true, joined: [] });
      endRelation(model, event.relation!.id);
      break;
    case 'secret-rotate':
      noteRotated(model, event.secret!.uri);
      break;
    case 'stop':
      if (unit.life === 'alive') followRefresh(model, unit);
      break;
    case 'remove':
      setWorkloadStatus(model, unit.id, { status: 'terminated', message: '', data: {}, since: now() }, 'juju');
      forgetUnit(model, unit);
      break;
    default:
  }
  rest(model, unit.id);
}

/** The old pod has stopped: the unit comes back with the application's present charm and resources. */
function followRefresh(model: Model, unit: UnitRecord): void {
  takeCharm(model, unit);
  model.db.run("UPDATE units SET started = 0, config_hash = '' WHERE id = ?", unit.id);
  queueEvent(model, unit.id, ranks.install, { hook: 'upgrade-charm' });
  queueEvent(model, unit.id, ranks.configChanged, { hook: 'config-changed' });
  queueEvent(model, unit.id, ranks.start, { hook: 'start' });
}

function afterStart(model: Model, unit: number, statusByCharm: boolean): void {
  model.db.run('UPDATE units SET started = 1 WHERE id = ?', unit);
  if (!statusByCharm)
    setWorkloadStatus(model, unit, { status: 'unknown', message: '', data: {}, since: now() }, 'juju');
  // On Kubernetes storage is attached after the start, contrary to machines.
  const storages = model.db.all<{ id: string; name: string; kind: string; location: string }>(
    'SELECT * FROM storages WHERE unit = ? AND attached = 0 ORDER BY id',
    unit,
  );
  for (const storage of storages) {
    const { id, name, kind, location } = storage;
    queueEvent(model, unit, ranks.storage, { hook: `${name}-storage-attached`, storage: { id, kind, location } });
    model.db.run('UPDATE storages SET attached = 1 WHERE unit = ? AND id = ?', unit, id);
  }
}
