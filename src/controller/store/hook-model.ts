import { logFilter } from '../config/logging-config.ts';
import type { HookModel, StatusRecord } from '../hook/model.ts';
import { charmOf, effectiveOptions, findApplication, readApplication, setApplicationStatus } from './applications.ts';
import { homeOf, mayReachSecret, reachSecret } from './foreign-secrets.ts';
import { applyHookWrites } from './hook-commit.ts';
import type { LogStore } from './log.ts';
import { type Model, now, readModelConfig } from './models.ts';
import { isAcrossModels, membership, readBagAs, relationsOf } from './relations.ts';
import { consumed, consumerLabel, setConsumed } from './secret-consumers.ts';
import * as secrets from './secrets.ts';
import { appendTaskLog } from './tasks.ts';
import { findUnit, isLeader, listUnits, setWorkloadStatus, type UnitRecord } from './units.ts';

const unset: StatusRecord = { status: 'unknown', message: '', data: {}, since: '' };

/**
 * The store as hook commands see it. `onCommit` runs inside the transaction that takes a hook's writes, after them: it
 * is where the event leaves the queue, so that a crash finds either both or neither.
 */
export function hookModel(model: Model, logs: LogStore, onCommit: () => void): HookModel {
  const { db } = model;
  const unitOf = (name: string): UnitRecord => {
    const unit = findUnit(model, name);
    if (!unit) throw new Error(`unit "${name}" not found`);
    return unit;
  };
  const isLogged = logFilter(readModelConfig(model)['logging-config']!);
  return {
    modelName: model.name,
    modelUuid: model.uuid,
    modelConfig: () => readModelConfig(model),
    config: (application) => {
      const found = findApplication(model, application);
      return found ? effectiveOptions(model, found) : null;
    },
    isLeader: (unit) => isLeader(model, unitOf(unit)),

    unitStatus: (unit) => unitOf(unit).status ?? unset,
    applicationStatus: (application) => findApplication(model, application)?.status ?? unset,
    setUnitStatus: (unit, status) => setWorkloadStatus(model, unitOf(unit).id, status, 'charm'),
    setApplicationStatus: (application, status) => {
      const found = findApplication(model, application);
      if (found) setApplicationStatus(model, found.id, status);
    },
    setWorkloadVersion: (unit, version) => {
      db.run(
        'UPDATE applications SET version = ? WHERE id = ? AND version <> ?',
        version,
        unitOf(unit).application,
        version,
      );
    },
    log: (unit, level, module, message) => {
      if (isLogged(module, level))
        logs.append(model.uuid, { time: now(), entity: secrets.unitTag(unit), level, module, message });
    },
    appendTaskLog: (task, message) => appendTaskLog(model, Number(task), message),

    charmState: (unit) => {
      const rows = db.all<{ key: string; value: string }>(
        'SELECT key, value FROM charm_state WHERE unit = ?',
        unitOf(unit).id,
      );
      return Object.fromEntries(rows.map((row) => [row.key, row.value]));
    },
    openedPorts: (unit) => openedPorts(model, unitOf(unit).id),
    address: (unit) => ({ address: unitOf(unit).address, cidr: '127.0.0.0/8' }),
    endpoints: (unit) => charmOf(model, readApplication(model, unitOf(unit).application)).spec.endpoints,
    relations: (name) => {
      const unit = unitOf(name);
      return relationsOf(model, unit.application).flatMap((view) => {
        const known = membership(model, view.id, unit.id);
        if (known.broken) return [];
        return [
          {
            id: view.id,
            endpoint: view.own.endpoint,
            interface: view.interface,
            remoteApp: view.remote.name,
            remoteEndpoint: view.remote.endpoint,
            ...(isAcrossModels(view) && { remoteModel: view.remote.model.uuid }),
            remoteUnits: naturally(known.joined),
            life: view.life,
            ...(view.since && { since: view.since }),
          },
        ];
      });
    },
    settings: (relation, entity) => readBagAs(model, relation, entity),
    storages: (unit) =>
      db.all<{ id: string; name: string; kind: string; location: string }>(
        'SELECT id, name, kind, location FROM storages WHERE unit = ? ORDER BY id',
        unitOf(unit).id,
      ),
    units: (application) => {
      const found = findApplication(model, application);
      return found ? listUnits(model, found.id).map((unit) => ({ name: unit.name, status: unit.status ?? unset })) : [];
    },
    resourcePath: (application, name) => {
      const found = findApplication(model, application);
      return (
        (found &&
          db.get<{ path: string }>('SELECT path FROM resources WHERE application = ? AND name = ?', found.id, name)
            ?.path) ??
        null
      );
    },

    secret: (id, reader) => {
      const own = secrets.findSecret(model, id);
      const reach = own || reader === undefined ? undefined : reachSecret(model, unitOf(reader), id);
      return reach ? secrets.findSecret(reach.home, id) : own;
    },
    ownedSecrets: (name) => {
      const unit = unitOf(name);
      const app = isLeader(model, unit) ? [secrets.applicationTag(unit.applicationName)] : [];
      return secrets.secretsOwnedBy(model, [secrets.unitTag(name), ...app]);
    },
    secretContent: (id, revision) => secrets.secretContent(homeOf(db, id) ?? model, id, revision),
    maySeeSecret: (unit, id) => mayReachSecret(model, unitOf(unit), id),
    consumed: (unit, id) => {
      const reach = reachSecret(model, unitOf(unit), id);
      return reach ? consumed(reach.home, reach.consumer, id) : null;
    },
    consumerLabel: (unit, label) => consumerLabel(model, unit, label),
    setConsumed: (unit, id, pin) => {
      const reach = reachSecret(model, unitOf(unit), id);
      if (reach) setConsumed(reach.home, reach.consumer, id, pin);
    },

    commit: (unit, writes) =>
      db.transact(() => {
        applyHookWrites(model, unitOf(unit), writes);
        onCommit();
      }),
  };
}

export function openedPorts(model: Model, unit: number): string[] {
  return model.db
    .all<{ port: string }>('SELECT port FROM ports WHERE unit = ? ORDER BY port', unit)
    .map((row) => row.port);
}

function naturally(names: readonly string[]): string[] {
  return [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
