import { parse } from 'yaml';
import { PebbleClient } from '../../pebble/client.ts';
import type { Capture } from '../author-api.ts';
import type { Context } from '../context.ts';
import { messageOf } from '../errors.ts';
import type { StatusRecord } from '../hook/model.ts';
import { containerPlaces, unitPlaces } from '../places.ts';
import { type ApplicationRecord, charmOf, effectiveOptions, readApplication } from '../store/applications.ts';
import { openedPorts } from '../store/hook-model.ts';
import { membership, readBag, readBagAs, relationsOf } from '../store/relations.ts';
import { consumed } from '../store/secret-consumers.ts';
import { secretIds } from '../store/secret-listing.ts';
import { applicationTag, findSecret, maySeeSecret, secretContent, unitTag } from '../store/secrets.ts';
import { isLeader, listUnits, type UnitRecord } from '../store/units.ts';
import { needUnit } from './find.ts';
import { Mask, masked } from './masking.ts';

/** How long a container may take to tell its state. */
const timeoutMs = 5000;

/**
 * Everything that the unit's charm can see, in the shape of the `State` of `ops.testing` (its class names and fields),
 * so that it can be the begin of a test. What comes from a secret, and what a name says is one, is masked.
 */
export async function capture(context: Context, name: string): Promise<Capture> {
  const { model } = context;
  const unit = needUnit(context, name);
  const application = readApplication(model, unit.application);
  const { spec } = charmOf(model, application);
  const containers = await Promise.all(Object.keys(spec.containers).map((each) => container(context, unit, each)));
  const options = Object.entries(effectiveOptions(model, application)).filter(([, value]) => value !== null);
  const state = {
    leader: isLeader(model, unit),
    planned_units: listUnits(model, application.id).filter(({ life }) => life === 'alive').length,
    config: Object.fromEntries(options),
    relations: relations(context, unit),
    secrets: secrets(context, unit, application),
    containers,
    storages: storages(context, unit),
    networks: [{ binding_name: 'juju-info', bind_addresses: [{ addresses: [{ value: unit.address }] }] }],
    opened_ports: openedPorts(model, unit.id).map(port),
    unit_status: status(unit.status),
    app_status: status(application.status),
    workload_version: application.version,
    // A charm may keep anything there: only what it keeps is told.
    stored_state: Object.fromEntries(storedKeys(context, unit).map((key) => [key, masked])),
  };
  const mask = new Mask(model);
  return {
    charm: { name: spec.name, revision: charmOf(model, application).revision },
    unit: unit.name,
    model: { name: model.name, uuid: model.uuid, type: 'kubernetes' },
    state: mask.tree(state) as Record<string, unknown>,
  };
}

function relations({ model }: Context, unit: UnitRecord): unknown[] {
  return relationsOf(model, unit.application)
    .filter((view) => membership(model, view.id, unit.id).entered)
    .map((view) => {
      const own = readApplication(model, view.own.application).name;
      const remote = view.remote.name;
      const common = {
        id: view.id,
        endpoint: view.own.endpoint,
        interface: view.interface,
        local_app_data: readBag(model, view.id, own) ?? {},
        local_unit_data: readBag(model, view.id, unit.name) ?? {},
      };
      const units = Object.fromEntries(
        membership(model, view.id, unit.id).joined.map((each) => [
          each.replace(/^.*\//, ''),
          readBagAs(model, view.id, each) ?? {},
        ]),
      );
      return view.own.role === 'peer'
        ? { type: 'PeerRelation', ...common, peers_data: units }
        : {
            type: 'Relation',
            ...common,
            remote_app_name: remote,
            remote_app_data: readBagAs(model, view.id, remote) ?? {},
            remote_units_data: units,
          };
    });
}

/** Those that the charm owns and those that it may read: their keys, never what is under them. */
function secrets({ model }: Context, unit: UnitRecord, { name }: ApplicationRecord): unknown[] {
  const owners: Readonly<Record<string, string>> = { [applicationTag(name)]: 'app', [unitTag(unit.name)]: 'unit' };
  return secretIds(model)
    .filter((id) => maySeeSecret(model, unit, id))
    .map((id) => {
      const secret = findSecret(model, id);
      const known = consumed(model, unit.name, id);
      const blank = (revision: number) =>
        Object.fromEntries(Object.keys(secretContent(model, id, revision) ?? {}).map((key) => [key, masked]));
      const latest = secret?.latest ?? 1;
      return {
        id: `secret:${id}`,
        owner: owners[secret?.owner ?? ''] ?? null,
        label: known?.label || secret?.label || null,
        tracked_content: blank(known?.revision ?? latest),
        latest_content: blank(latest),
        rotate: secret?.rotation ?? 'never',
        expire: secret?.expires ?? null,
      };
    });
}

async function container(context: Context, unit: UnitRecord, name: string): Promise<unknown> {
  const { socket } = containerPlaces(unitPlaces(context.paths, context.model, unit.name), name);
  const client = new PebbleClient({ socket, timeoutMs });
  try {
    const [plan, services, checks] = await Promise.all([client.plan(), client.services(), client.checks()]);
    return {
      name,
      can_connect: true,
      plan: withoutValues(parse(plan)),
      service_statuses: Object.fromEntries(services.map((each) => [each.name, each.current])),
      check_infos: checks.map((each) => ({ name: each.name, status: each.status, failures: each.failures ?? 0 })),
    };
  } catch (error) {
    return { name, can_connect: false, why: messageOf(error) };
  }
}

/** An environment may hold anything that a charm was told: only its names are kept. */
function withoutValues(plan: unknown): unknown {
  if (Array.isArray(plan)) return plan.map(withoutValues);
  if (plan === null || typeof plan !== 'object') return plan;
  return Object.fromEntries(
    Object.entries(plan).map(([key, value]) => [
      key,
      key === 'environment' && value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.keys(value).map((name) => [name, masked]))
        : withoutValues(value),
    ]),
  );
}

function storages({ model }: Context, unit: UnitRecord): unknown[] {
  return model.db
    .all<{ id: string; name: string }>(
      'SELECT id, name FROM storages WHERE unit = ? AND attached = 1 ORDER BY id',
      unit.id,
    )
    .map(({ id, name }) => ({ name, index: Number(id.replace(/^.*\//, '')) }));
}

function storedKeys({ model }: Context, unit: UnitRecord): string[] {
  return model.db
    .all<{ key: string }>('SELECT key FROM charm_state WHERE unit = ? ORDER BY key', unit.id)
    .map((row) => row.key);
}

/** `9000/tcp`; `icmp` has no number. */
function port(text: string): { readonly protocol: string; readonly port: number | null } {
  const [, number, protocol = text] = /^(\d+)\/(\w+)$/.exec(text) ?? [];
  return { protocol, port: number === undefined ? null : Number(number) };
}

function status(record: StatusRecord | null): { readonly name: string; readonly message: string } {
  return { name: record?.status ?? 'unknown', message: record?.message ?? '' };
}
