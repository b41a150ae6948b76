import { needNoMore, parseKeyValues } from '../arguments.ts';
import { anyFormat, type HookCommand } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { HookContext } from '../context.ts';
import { readDatabag, relationTarget } from '../databags.ts';
import type { Flags } from '../flags.ts';
import { Ordered } from '../go-values.ts';
import type { RelationRecord } from '../model.ts';
import { parseSettings } from '../settings-file.ts';

const relationFlags = { r: 'relation', relation: '=r' } as const;

export const relationCommands: Readonly<Record<string, HookCommand>> = {
  'relation-ids': {
    args: '<name>',
    purpose: 'List all relation IDs for the given endpoint.',
    coverage: 'complete',
    formats: anyFormat,
    run({ context, args: [name = context.event.relation?.endpoint ?? '', ...more] }) {
      if (name === '') {
        throw new UsageError('no endpoint name specified');
      }
      needNoMore(more);
      const ids = context.relations().filter((relation) => relation.endpoint === name);
      return { value: ids.map((relation) => `${name}:${relation.id}`).sort() };
    },
  },
  'relation-list': {
    args: '',
    purpose: 'List relation units.',
    coverage: 'complete',
    formats: anyFormat,
    flags: { ...relationFlags, app: 'bool' },
    run({ context, flags, args }) {
      const relation = wantedRelation(context, flags);
      needNoMore(args);
      return { value: flags.bool('app') ? relation.remoteApp : members(context, relation) };
    },
  },
  'relation-get': {
    args: '<key> <unit id>',
    purpose: 'Get relation settings.',
    coverage: 'complete',
    formats: anyFormat,
    flags: { ...relationFlags, app: 'bool' },
    run({ context, flags, args: [written = '', named, ...more] }) {
      const relation = wantedRelation(context, flags);
      const target = relationTarget(context, named, flags.bool('app'));
      needNoMore(more);
      const settings = readDatabag(context, relation, target);
      const key = written === '-' ? '' : written;
      return { value: key === '' ? settings : (new Map(Object.entries(settings)).get(key) ?? null) };
    },
  },
  'relation-set': {
    args: 'key=value [key=value ...]',
    purpose: 'Set relation settings.',
    coverage: 'complete',
    flags: { ...relationFlags, file: 'string', app: 'bool', format: 'string' },
    async run({ context, flags, args, readInput }) {
      const relation = wantedRelation(context, flags);
      const overrides = parseKeyValues(args);
      const file = flags.text('file');
      const settings = { ...(file ? await parseSettings(readInput(file, 'stdin')) : {}), ...overrides };
      if (flags.bool('app') && !context.isLeader()) {
        throw new CommandError('cannot write relation settings');
      }
      context.settings.write(relation.id, flags.bool('app') ? context.application : context.unit, settings);
      return flags.text('format') ? { warning: '--format flag deprecated for command "relation-set"' } : undefined;
    },
  },
  'relation-model-get': {
    args: '',
    purpose: 'Get details about the model hosting a related application.',
    coverage: 'complete',
    formats: anyFormat,
    flags: relationFlags,
    run({ context, flags, args }) {
      const relation = wantedRelation(context, flags);
      needNoMore(args);
      return { value: new Ordered([['uuid', relation.remoteModel ?? context.model.modelUuid]]) };
    },
  },
};

/** The relation of `-r`, or the hook's own. */
function wantedRelation(context: HookContext, flags: Flags): RelationRecord {
  const id = flags.number('r') ?? context.event.relation?.id;
  if (id === undefined) {
    throw new UsageError('no relation id specified');
  }
  const relation = context.relation(id);
  if (!relation) {
    throw new CommandError('relation not found');
  }
  return relation;
}

/** A -joined hook sees the unit that joins, a -departed hook no longer the one that goes, whatever the model says by then. */
function members(context: HookContext, relation: RelationRecord): readonly string[] {
  const { event } = context;
  const unit = event.relation?.id === relation.id ? event.relation.remoteUnit : '';
  if (unit === '') {
    return relation.remoteUnits;
  }
  if (event.hook.endsWith('-relation-departed')) {
    return relation.remoteUnits.filter((member) => member !== unit);
  }
  const isMember = relation.remoteUnits.includes(unit) || !event.hook.endsWith('-relation-joined');
  return isMember ? relation.remoteUnits : [...relation.remoteUnits, unit];
}
