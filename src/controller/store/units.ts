import { createHash } from 'node:crypto';
import type { StatusRecord } from '../hook/model.ts';
import type { ApplicationRecord } from './applications.ts';
import type { Database } from './database.ts';
import { type Model, nextNumber, now } from './models.ts';

export interface UnitRecord {
  readonly id: number;
  /** `app/0`. */
  readonly name: string;
  readonly application: number;
  readonly applicationName: string;
  readonly number: number;
  readonly life: 'alive' | 'dying';
  readonly forced: boolean;
  readonly charm: number;
  readonly generation: number;
  readonly address: string;
  readonly installed: boolean;
  readonly started: boolean;
  readonly configHash: string;
  readonly boot: string;
  /** As the charm or Juju set it, without the error state that a failed hook lays over it. */
  readonly status: StatusRecord | null;
  readonly statusByCharm: boolean;
  /** `juju-status`. */
  readonly agent: StatusRecord;
}

interface UnitRow {
  id: number;
  application: number;
  application_name: string;
  number: number;
  life: 'alive' | 'dying';
  forced: number;
  charm: number;
  generation: number;
  address: string;
  installed: number;
  started: number;
  config_hash: string;
  boot: string;
  status_json: string | null;
  status_by_charm: number;
  agent_json: string;
}

const select = 'SELECT u.*, a.name AS application_name FROM units u JOIN applications a ON a.id = u.application';

/** In natural order. */
export function listUnits(model: Model, application?: number): UnitRecord[] {
  const rows = application
    ? model.db.all<UnitRow>(`${select} WHERE u.application = ? ORDER BY u.number`, application)
    : model.db.all<UnitRow>(`${select} WHERE a.model = ? ORDER BY a.name, u.number`, model.uuid);
  return rows.map(toRecord);
}

export function findUnit(model: Model, name: string): UnitRecord | undefined {
  const match = /^(.+)\/(0|[1-9][0-9]*)$/.exec(name);
  if (!match) return undefined;
  const row = model.db.get<UnitRow>(
    `${select} WHERE a.model = ? AND a.name = ? AND u.number = ?`,
    model.uuid,
    match[1]!,
    Number(match[2]),
  );
  return row && toRecord(row);
}

export function readUnit(model: Model, id: number): UnitRecord {
  const unit = unitById(model, id);
  if (!unit) throw new Error(`internal error: no unit ${id}`);
  return unit;
}

/** Undefined once the unit has gone. */
export function unitById(model: Model, id: number): UnitRecord | undefined {
  const row = model.db.get<UnitRow>(`${select} WHERE u.id = ?`, id);
  return row && toRecord(row);
}

/**
 * Adds a unit with the lowest number that is free, as a StatefulSet on Kubernetes does. It leads when nobody does.
 * `loopback` gives it 127.0.0.1 instead of an address of its own.
 */
export function addUnit(
  model: Model,
  application: ApplicationRecord,
  options: { readonly loopback: boolean },
): UnitRecord {
  return model.db.transact(() => {
    const row = model.db.get<{ generation: number }>(
      'SELECT generation FROM applications WHERE id = ?',
      application.id,
    )!;
    const taken = new Set(listUnits(model, application.id).map((unit) => unit.number));
    let number = 0;
    while (taken.has(number)) number += 1;
    const allocating = { status: 'allocating', message: '', data: {}, since: now() };
    const waiting = { status: 'waiting', message: 'installing agent', data: {}, since: now() };
    const { id } = model.db.run(
      'INSERT INTO units (application, number, charm, generation, address, status_json, agent_json) VALUES (?, ?, ?, ?, ?, ?, ?)',
      application.id,
      number,
      application.charm,
      row.generation,
      options.loopback ? '127.0.0.1' : ownAddress(model),
      JSON.stringify(waiting),
      JSON.stringify(allocating),
    );
    model.db.run(
      `UPDATE applications SET scale = max(scale, (SELECT count(*) FROM units WHERE application = applications.id AND life = 'alive')),
         leader = CASE WHEN leader IN (SELECT id FROM units WHERE life = 'alive') THEN leader ELSE ? END WHERE id = ?`,
      id,
      application.id,
    );
    return readUnit(model, id);
  });
}

export function isLeader(model: Model, unit: UnitRecord): boolean {
  return (
    model.db.get<{ leader: number | null }>('SELECT leader FROM applications WHERE id = ?', unit.application)
      ?.leader === unit.id
  );
}

/** `agent` is the unit's `juju-status`. Keeps the time of a status that does not change. */
export function setAgentStatus(model: Model, unit: number, status: string, message: string): void {
  const before = readUnit(model, unit).agent;
  if (before.status === status && before.message === message) return;
  const record: StatusRecord = { status, message, data: {}, since: now() };
  model.db.run('UPDATE units SET agent_json = ? WHERE id = ?', JSON.stringify(record), unit);
  addHistory(model, unit, 'juju-unit', record);
}

/** `by` tells whether it counts as the charm's own: Juju stops setting one of its own at `start` then. */
export function setWorkloadStatus(model: Model, unit: number, record: StatusRecord, by: 'charm' | 'juju'): void {
  model.db.transact(() => {
    model.db.run(
      'UPDATE units SET status_json = ?, status_by_charm = max(status_by_charm, ?) WHERE id = ?',
      JSON.stringify(record),
      by === 'charm' ? 1 : 0,
      unit,
    );
    addHistory(model, unit, 'workload', record);
  });
}

function addHistory(model: Model, unit: number, kind: 'workload' | 'juju-unit', record: StatusRecord): void {
  const { id } = model.db.run(
    'INSERT INTO status_history (unit, kind, status_json) VALUES (?, ?, ?)',
    unit,
    kind,
    JSON.stringify(record),
  );
  // Bounded by number: 200 of each kind are kept, and the oldest go a few at a time.
  if (id % 20 === 0) {
    model.db.run(
      'DELETE FROM status_history WHERE unit = ? AND kind = ? AND id <= (SELECT id FROM status_history WHERE unit = ? AND kind = ? ORDER BY id DESC LIMIT 1 OFFSET 200)',
      unit,
      kind,
      unit,
      kind,
    );
  }
}

/**
 * A loopback address that no other unit of this controller has, and hardly one of another controller on the same machine:
 * where a model's addresses begin, one of 57,344 places, comes from its uuid.
 */
function ownAddress(model: Model): string {
  const [second, third] = createHash('sha256').update(model.uuid).digest();
  for (;;) {
    const number = nextNumber(model, 'address', 1);
    const address = `127.${16 + (second! % 224)}.${(third! + (number >> 8)) & 255}.${number & 255}`;
    if (!model.db.get('SELECT 1 FROM units WHERE address = ?', address)) return address;
  }
}

function toRecord(row: UnitRow): UnitRecord {
  return {
    id: row.id,
    name: `${row.application_name}/${row.number}`,
    application: row.application,
    applicationName: row.application_name,
    number: row.number,
    life: row.life,
    forced: row.forced === 1,
    charm: row.charm,
    generation: row.generation,
    address: row.address,
    installed: row.installed === 1,
    started: row.started === 1,
    configHash: row.config_hash,
    boot: row.boot,
    status: row.status_json === null ? null : JSON.parse(row.status_json),
    statusByCharm: row.status_by_charm === 1,
    agent: JSON.parse(row.agent_json),
  };
}

/** Containers of the units, of all models, that have been given their place on the machine. */
export function listContainers(db: Database): { unit: number; container: string }[] {
  return db.all<{ unit: number; container: string }>(
    'SELECT containers.unit AS unit, containers.name AS container FROM containers JOIN units ON units.id = containers.unit WHERE units.installed = 1',
  );
}
