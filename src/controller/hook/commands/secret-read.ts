import { needNoMore } from '../arguments.ts';
import { anyFormat, type HookCommand, yamlFormat } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { HookContext } from '../context.ts';
import { goQuote } from '../go-text.ts';
import { Nil, Ordered } from '../go-values.ts';
import { parseSecretId } from '../names.ts';
import type { OwnedSecret } from '../pending-secrets.ts';

type Content = Readonly<Record<string, string>>;

export const secretReadCommands: Readonly<Record<string, HookCommand>> = {
  'secret-get': {
    args: '<ID> [key[#base64]]',
    purpose: 'Get the content of a secret.',
    coverage: 'complete',
    formats: yamlFormat,
    flags: { label: 'string', peek: 'bool', refresh: 'bool' },
    run({ context, flags, args: [uri, key, ...more] }) {
      const id = uri === undefined ? null : parseSecretId(uri);
      const label = flags.text('label') ?? '';
      if (id === null && label === '') {
        throw new UsageError('require either a secret URI or label');
      }
      if (flags.bool('peek') && flags.bool('refresh')) {
        throw new UsageError('specify one of --peek or --refresh but not both');
      }
      needNoMore(more);
      const how = flags.bool('peek') ? 'peek' : flags.bool('refresh') ? 'refresh' : 'tracked';
      const content = readContent(context, { id, label, how });
      return { value: key === undefined ? decoded(content) : valueAt(content, key) };
    },
  },
  'secret-info-get': {
    args: '<ID>',
    purpose: "Get a secret's metadata info.",
    coverage: 'complete',
    formats: yamlFormat,
    flags: { label: 'string' },
    run({ context, flags, args: [uri, ...more] }) {
      const id = uri === undefined ? null : parseSecretId(uri);
      const label = flags.text('label') ?? '';
      if (id === null && label === '') {
        throw new UsageError('require either a secret URI or label');
      }
      if (id !== null && label !== '') {
        throw new UsageError('specify either a secret URI or label but not both');
      }
      needNoMore(more);
      const found = [...context.secrets.owned()].find(([each, secret]) =>
        id === null ? secret.label === label : each === id,
      );
      if (!found) {
        throw new CommandError(`secret ${goQuote(id ?? label)} not found`);
      }
      return { value: { [found[0]]: metadata(context, found[1]) } };
    },
  },
  'secret-ids': {
    args: '',
    purpose: 'Print secret IDs.',
    coverage: 'complete',
    formats: anyFormat,
    run({ context, args }) {
      needNoMore(args);
      const ids = [...context.secrets.owned().keys()].sort();
      return { value: ids.length === 0 ? new Nil('list') : ids };
    },
  },
};

/** The lookup of Juju's `HookContext.GetSecret` and of its secrets API: pending content first, then by label, then by the unit's pin. */
function readContent(
  context: HookContext,
  {
    id,
    label,
    how,
  }: { readonly id: string | null; readonly label: string; readonly how: 'peek' | 'refresh' | 'tracked' },
): Content {
  const { model, secrets, unit } = context;
  const owned = secrets.owned();
  const ownedByLabel = label === '' ? undefined : [...owned].find(([, secret]) => secret.label === label)?.[0];
  const target = id ?? secrets.idByLabel(label) ?? ownedByLabel ?? model.consumerLabel(unit, label);
  if (target === null) {
    throw new CommandError(`consumer label ${goQuote(label)} not found`);
  }
  const isLabelled = id !== null && label !== '';
  const pending = secrets.added(target);
  if (pending) {
    if (isLabelled) {
      secrets.change({ id: target, label });
    }
    return pending.content!;
  }
  const record = model.secret(target, unit);
  if (!record) {
    throw new CommandError(`secret ${goQuote(target)} not found`);
  }
  if (!owned.has(target) && !model.maySeeSecret(unit, target)) {
    throw new CommandError('permission denied');
  }
  if (isLabelled && owned.has(target)) {
    secrets.change({ id: target, label });
  } else if (isLabelled) {
    needFreeLabel(context, target, label);
  }
  const update = secrets.changed(target)?.content;
  if (update && how !== 'tracked') {
    if (how === 'refresh') {
      secrets.track(target);
    }
    return update;
  }
  return storedContent(context, target, {
    latest: record.latest,
    label: isLabelled && !owned.has(target) ? label : undefined,
    how,
  });
}

function storedContent(
  { model, unit }: HookContext,
  id: string,
  { latest, label, how }: { readonly latest: number; readonly label: string | undefined; readonly how: string },
): Content {
  const pin = model.consumed(unit, id);
  const tracked = pin === null || how === 'refresh' ? latest : pin.revision;
  const isNews = pin === null || pin.revision !== tracked || (label !== undefined && pin.label !== label);
  // Looking once at the newest revision pins nothing, but the first look of all does.
  if (isNews && (how !== 'peek' || pin === null || label !== undefined)) {
    model.setConsumed(unit, id, { revision: tracked, ...(label === undefined ? {} : { label }) });
  }
  const revision = how === 'peek' ? latest : tracked;
  const content = model.secretContent(id, revision);
  if (!content) {
    throw new CommandError(`secret revision ${goQuote(`${id}/${revision}`)} not found`);
  }
  return content;
}

function needFreeLabel({ model, unit }: HookContext, id: string, label: string): void {
  const taken = model.consumerLabel(unit, label);
  if (taken !== null && taken !== id) {
    throw new CommandError(`consumer label ${goQuote(label)} already exists`);
  }
}

function decoded(content: Content): Content {
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

function valueAt(content: Content, written: string): string {
  const key = written.replace(/#base64$/, '');
  if (!Object.hasOwn(content, key)) {
    throw new CommandError(`secret key value ${goQuote(key)} not found`);
  }
  const value = content[key]!;
  return key === written ? Buffer.from(value, 'base64').toString() : value;
}

function metadata(context: HookContext, secret: OwnedSecret): Ordered {
  const access = secret.grants.map(
    (grant) =>
      new Ordered([
        ['target', grant.target],
        ['scope', grant.relation === null ? '' : relationTag(context, grant.relation)],
        ['role', 'view'],
      ]),
  );
  return new Ordered([
    ['revision', secret.revision],
    ['label', secret.label],
    ['owner', secret.owner.startsWith('unit-') ? 'unit' : 'application'],
    ...(secret.description ? ([['description', secret.description]] as const) : []),
    ...(secret.rotation ? ([['rotation', secret.rotation]] as const) : []),
    ...(secret.expires ? ([['expiry', secret.expires]] as const) : []),
    ...(secret.rotates ? ([['rotates', secret.rotates]] as const) : []),
    ...(access.length > 0 ? ([['access', access]] as const) : []),
  ]);
}

/** Juju's tag of a relation: both endpoints, the requiring one first; of a peer relation the one that there is. */
function relationTag(context: HookContext, id: number): string {
  const relation = context.relation(id);
  if (!relation) return `relation-${id}`;
  const own = `${context.application}.${relation.endpoint}`;
  const remote = `${relation.remoteApp}.${relation.remoteEndpoint}`;
  const role = context.model.endpoints(context.unit)[relation.endpoint]?.role;
  if (role === 'peer') return `relation-${own}`;
  return `relation-${role === 'provides' ? `${remote}#${own}` : `${own}#${remote}`}`;
}
