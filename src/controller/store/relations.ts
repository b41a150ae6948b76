import type { HookEvent } from '../hook/event.ts';
import type { ApplicationRecord } from './applications.ts';
import { charmOf, readApplication } from './applications.ts';
import { type Model, nextNumber } from './models.ts';
import { queueEvent, ranks } from './queue.ts';
import { listUnits, type UnitRecord } from './units.ts';

export interface SideRecord {
  readonly relation: number;
  readonly application: number;
  readonly endpoint: string;
  readonly role: 'peer' | 'provides' | 'requires';
}

/** A relation as one of its applications sees it; `remote` is that application itself in a peer relation. */
export interface RelationView {
  readonly id: number;
  readonly interface: string;
  readonly life: 'alive' | 'dying';
  readonly own: SideRecord;
  readonly remote: SideRecord;
}

/** What one unit knows of a relation. */
export interface Membership {
  readonly entered: boolean;
  readonly broken: boolean;
  /** Names of remote units that it has been told have joined. */
  readonly joined: readonly string[];
}

/** One relation for each peer endpoint that has none yet: of a new application, or of a charm that brings new ones. */
export function addPeerRelations(model: Model, application: ApplicationRecord): void {
  const present = new Set(relationsOf(model, application.id).map((view) => view.own.endpoint));
  for (const [endpoint, spec] of Object.entries(charmOf(model, application).spec.endpoints)) {
    if (spec.role === 'peer' && !present.has(endpoint))
      addRelation(model, spec.interface, [{ application: application.id, endpoint, role: 'peer' }]);
  }
}

/** Makes a relation with its applications' databags, and tells every living unit of it. Call it inside a transaction. */
export function addRelation(
  model: Model,
  interfaceName: string,
  sides: readonly Omit<SideRecord, 'relation'>[],
): number {
  const id = nextNumber(model, 'relation', 0);
  model.db.run('INSERT INTO relations (id, model, interface) VALUES (?, ?, ?)', id, model.uuid, interfaceName);
  for (const { application, endpoint, role } of sides) {
    model.db.run(
      'INSERT INTO relation_sides (model, relation, application, endpoint, role) VALUES (?, ?, ?, ?, ?)',
      model.uuid,
      id,
      application,
      endpoint,
      role,
    );
    setBag(model, id, readApplication(model, application).name, {});
  }
  for (const { application } of sides) {
    for (const unit of listUnits(model, application).filter(({ life }) => life === 'alive')) {
      const view = relationsOf(model, application).find((each) => each.id === id);
      if (view) introduce(model, unit, view);
    }
  }
  return id;
}

/** False once a relation has gone, and its id means nothing any more. */
export function relationExists(model: Model, id: number): boolean {
  return model.db.get('SELECT 1 FROM relations WHERE model = ? AND id = ?', model.uuid, id) !== undefined;
}

export function relationsOf(model: Model, application: number): RelationView[] {
  const rows = model.db.all<SideRecord & { interface: string; life: 'alive' | 'dying' }>(
    'SELECT s.*, r.interface, r.life FROM relation_sides s JOIN relations r ON r.model = s.model AND r.id = s.relation WHERE s.model = ? AND s.application = ? ORDER BY s.relation',
    model.uuid,
    application,
  );
  return rows.map((row) => {
    const own: SideRecord = {
      relation: row.relation,
      application: row.application,
      endpoint: row.endpoint,
      role: row.role,
    };
    return { id: row.relation, interface: row.interface, life: row.life, own, remote: otherSide(model, own) };
  });
}

function otherSide(model: Model, own: SideRecord): SideRecord {
  if (own.role === 'peer') return own;
  const other = model.db.get<SideRecord>(
    'SELECT * FROM relation_sides WHERE model = ? AND relation = ? AND role <> ?',
    model.uuid,
    own.relation,
    own.role,
  );
  return other ?? own;
}

export function membership(model: Model, relation: number, unit: number): Membership {
  const row = model.db.get<{ entered: number; broken: number; joined_json: string }>(
    'SELECT * FROM relation_units WHERE model = ? AND relation = ? AND unit = ?',
    model.uuid,
    relation,
    unit,
  );
  return { entered: row?.entered === 1, broken: row?.broken === 1, joined: row ? JSON.parse(row.joined_json) : [] };
}

export function setMembership(model: Model, relation: number, unit: number, value: Membership): void {
  model.db.run(
    'INSERT OR REPLACE INTO relation_units (model, relation, unit, entered, broken, joined_json) VALUES (?, ?, ?, ?, ?, ?)',
    model.uuid,
    relation,
    unit,
    value.entered ? 1 : 0,
    value.broken ? 1 : 0,
    JSON.stringify(value.joined),
  );
}

/** A databag; null when the entity has none in that relation. */
export function readBag(model: Model, relation: number, entity: string): Record<string, string> | null {
  const row = model.db.get<{ content_json: string }>(
    'SELECT content_json FROM databags WHERE model = ? AND relation = ? AND entity = ?',
    model.uuid,
    relation,
    entity,
  );
  return row ? JSON.parse(row.content_json) : null;
}

export function setBag(
  model: Model,
  relation: number,
  entity: string,
  content: Readonly<Record<string, string>>,
): void {
  model.db.run(
    'INSERT OR REPLACE INTO databags (model, relation, entity, content_json) VALUES (?, ?, ?, ?)',
    model.uuid,
    relation,
    entity,
    JSON.stringify(content),
  );
}

/** `<endpoint>-relation-<what>` as the unit at `view.own` is told it. */
export function relationEvent(
  model: Model,
  view: RelationView,
  what: 'created' | 'joined' | 'changed' | 'departed' | 'broken',
  remoteUnit = '',
  departingUnit?: string,
): HookEvent {
  return {
    hook: `${view.own.endpoint}-relation-${what}`,
    relation: {
      endpoint: view.own.endpoint,
      id: view.id,
      remoteApp: readApplication(model, view.remote.application).name,
      remoteUnit,
      ...(departingUnit && { departingUnit }),
    },
  };
}

/** Tells a unit of the relations that its application already has, and gives it a databag in each. */
export function introduceToRelations(model: Model, unit: UnitRecord): void {
  for (const view of relationsOf(model, unit.application)) {
    if (view.life === 'alive') introduce(model, unit, view);
    else setMembership(model, view.id, unit.id, { entered: false, broken: true, joined: [] });
  }
}

function introduce(model: Model, unit: UnitRecord, view: RelationView): void {
  setMembership(model, view.id, unit.id, { entered: false, broken: false, joined: [] });
  setBag(model, view.id, unit.name, addressKeys(unit));
  queueEvent(model, unit.id, ranks.relationCreated, relationEvent(model, view, 'created'));
}

/** The three keys that Juju puts into every unit's databag. */
export function addressKeys(unit: UnitRecord): Record<string, string> {
  return { 'egress-subnets': `${unit.address}/32`, 'ingress-address': unit.address, 'private-address': unit.address };
}

/** After its relation-created: the unit enters, and it and each remote unit that has entered are told of each other. */
export function enterRelation(model: Model, relation: number, unit: UnitRecord): void {
  const view = relationsOf(model, unit.application).find((each) => each.id === relation);
  const known = membership(model, relation, unit.id);
  if (!view || view.life === 'dying' || unit.life === 'dying' || known.entered || known.broken) return;
  setMembership(model, relation, unit.id, { ...known, entered: true });
  const remoteApp = readApplication(model, view.remote.application);
  const appBag = readBag(model, relation, remoteApp.name);
  if (appBag && Object.keys(appBag).length > 0)
    queueEvent(model, unit.id, ranks.relation, relationEvent(model, view, 'changed'));
  for (const other of remoteUnits(model, view, unit)) {
    if (!membership(model, relation, other.id).entered) continue;
    queueJoined(model, view, unit.id, other.name);
    queueJoined(model, mirrored(view), other.id, unit.name);
  }
}

function queueJoined(model: Model, view: RelationView, unit: number, remote: string): void {
  queueEvent(model, unit, ranks.relation, relationEvent(model, view, 'joined', remote));
  queueEvent(model, unit, ranks.relation, relationEvent(model, view, 'changed', remote));
}

/** Living units on the other side, or the other units of a peer relation. */
export function remoteUnits(model: Model, view: RelationView, unit: UnitRecord): UnitRecord[] {
  return listUnits(model, view.remote.application).filter((other) => other.id !== unit.id && other.life === 'alive');
}

/** The same relation seen from its other side. */
export function mirrored(view: RelationView): RelationView {
  return { ...view, own: view.remote, remote: view.own };
}
