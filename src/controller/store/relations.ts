import type { HookEvent } from '../hook/event.ts';
import type { ApplicationRecord } from './applications.ts';
import { charmOf, readApplication } from './applications.ts';
import { type Model, nextNumber, now } from './models.ts';
import { queueEvent, ranks } from './queue.ts';
import { linkOf } from './relation-links.ts';
import { listUnits, type UnitRecord } from './units.ts';

export interface SideRecord {
  /** Where the application lives. */
  readonly model: Model;
  /** The relation's id in that model. */
  readonly relation: number;
  readonly application: number;
  readonly endpoint: string;
  readonly role: 'peer' | 'provides' | 'requires';
  /** How the application is called by the other side. */
  readonly name: string;
}

/**
 * A relation as one of its applications sees it; `remote` is that application itself in a peer relation. Across models the
 * two sides have ids of their own, and call each other by other names than the other one calls itself.
 */
export interface RelationView {
  readonly id: number;
  readonly interface: string;
  readonly life: 'alive' | 'dying';
  /** Since when; empty where that was not written down. */
  readonly since: string;
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

export type NewSide = Pick<SideRecord, 'application' | 'endpoint' | 'role'>;

/** Makes a relation with its applications' databags, and tells every living unit of it. Call it inside a transaction. */
export function addRelation(model: Model, interfaceName: string, sides: readonly NewSide[]): number {
  const id = writeRelation(model, interfaceName, sides);
  for (const { application } of sides) introduceUnits(model, application, id);
  return id;
}

/** Writes the relation and its applications' databags; nobody is told yet. */
export function writeRelation(model: Model, interfaceName: string, sides: readonly NewSide[]): number {
  const id = nextNumber(model, 'relation', 0);
  const begun = [id, model.uuid, interfaceName, now()];
  model.db.run('INSERT INTO relations (id, model, interface, since) VALUES (?, ?, ?, ?)', ...begun);
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
  return id;
}

/** Tells the application's living units of a relation that is new. */
export function introduceUnits(model: Model, application: number, relation: number): void {
  const view = relationsOf(model, application).find((each) => each.id === relation);
  if (!view) return;
  for (const unit of listUnits(model, application)) if (unit.life === 'alive') introduce(model, unit, view);
}

/** False once a relation has gone, and its id means nothing any more. */
export function relationExists(model: Model, id: number): boolean {
  return model.db.get('SELECT 1 FROM relations WHERE model = ? AND id = ?', model.uuid, id) !== undefined;
}

export function relationsOf(model: Model, application: number): RelationView[] {
  const rows = model.db.all<SideRow & { interface: string; life: 'alive' | 'dying'; since: string }>(
    `SELECT s.*, a.name, r.interface, r.life, r.since FROM relation_sides s JOIN relations r ON r.model = s.model AND r.id = s.relation
     JOIN applications a ON a.id = s.application WHERE s.model = ? AND s.application = ? ORDER BY s.relation`,
    model.uuid,
    application,
  );
  return rows.map((row) => ({
    id: row.relation,
    interface: row.interface,
    life: row.life,
    since: row.since,
    ...bothSides(model, toSide(model, row)),
  }));
}

type SideRow = Omit<SideRecord, 'model'>;

function toSide(model: Model, { relation, application, endpoint, role, name }: SideRow): SideRecord {
  return { model, relation, application, endpoint, role, name };
}

function bothSides(model: Model, own: SideRecord): { own: SideRecord; remote: SideRecord } {
  if (own.role === 'peer') return { own, remote: own };
  const select =
    'SELECT s.*, a.name FROM relation_sides s JOIN applications a ON a.id = s.application WHERE s.model = ? AND s.relation = ?';
  const other = model.db.get<SideRow>(`${select} AND s.role <> ?`, model.uuid, own.relation, own.role);
  if (other) return { own, remote: toSide(model, other) };
  const link = linkOf(model, own.relation);
  const far = link && model.db.get<SideRow>(select, link.model.uuid, link.relation);
  if (!far) return { own, remote: own };
  return {
    own: { ...own, name: linkOf(link.model, link.relation)?.remoteName ?? own.name },
    remote: { ...toSide(link.model, far), name: link.remoteName },
  };
}

/** How the other side calls a unit of this one. */
export function nameOfUnit(side: SideRecord, unit: UnitRecord): string {
  return `${side.name}/${unit.number}`;
}

/** Whether the two applications live in two models. */
export function isAcrossModels({ own, remote }: RelationView): boolean {
  return own.model.uuid !== remote.model.uuid;
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

/** That of a unit at one of the relation's sides. */
export function membershipAt(side: SideRecord, unit: UnitRecord): Membership {
  return membership(side.model, side.relation, unit.id);
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

/**
 * A databag by the name that the reader's side of the relation has for its owner; null when that has none. What comes from
 * another model names its secrets with that model, as Juju passes them on.
 */
export function readBagAs(model: Model, relation: number, entity: string): Record<string, string> | null {
  const link = linkOf(model, relation);
  const [name, number] = entity.split('/');
  if (!link || name !== link.remoteName) return readBag(model, relation, entity);
  const far = model.db.get<{ name: string }>(
    'SELECT a.name FROM relation_sides s JOIN applications a ON a.id = s.application WHERE s.model = ? AND s.relation = ?',
    link.model.uuid,
    link.relation,
  );
  const bag = far && readBag(link.model, link.relation, number === undefined ? far.name : `${far.name}/${number}`);
  if (!bag) return null;
  return Object.fromEntries(
    Object.entries(bag).map(([key, value]) => [key, value.replace(bareSecret, `secret://${link.model.uuid}/$1`)]),
  );
}

const bareSecret = /^secret:([0-9a-z]{20})$/;

/** A databag by its owner's own name; null when the entity has none in that relation. */
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

/** `<endpoint>-relation-<what>` as a unit at `view.own` is told it; units are named as that side calls them. */
export function relationEvent(
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
      remoteApp: view.remote.name,
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
  queueEvent(model, unit.id, ranks.relationCreated, relationEvent(view, 'created'));
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
  const appBag = readBagAs(model, relation, view.remote.name);
  if (appBag && Object.keys(appBag).length > 0)
    queueEvent(model, unit.id, ranks.relation, relationEvent(view, 'changed'));
  for (const other of remoteUnits(view, unit)) {
    if (!membershipAt(view.remote, other).entered) continue;
    queueJoined(model, view, unit.id, nameOfUnit(view.remote, other));
    queueJoined(model, mirrored(view), other.id, nameOfUnit(view.own, unit));
  }
}

function queueJoined(model: Model, view: RelationView, unit: number, remote: string): void {
  queueEvent(model, unit, ranks.relation, relationEvent(view, 'joined', remote));
  queueEvent(model, unit, ranks.relation, relationEvent(view, 'changed', remote));
}

/** Living units on the other side, or the other units of a peer relation. */
export function remoteUnits({ remote }: RelationView, unit: UnitRecord): UnitRecord[] {
  return listUnits(remote.model, remote.application).filter((other) => other.id !== unit.id && other.life === 'alive');
}

/** The same relation seen from its other side. */
export function mirrored(view: RelationView): RelationView {
  return { ...view, id: view.remote.relation, own: view.remote, remote: view.own };
}
