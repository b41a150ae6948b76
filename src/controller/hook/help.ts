import type { HookCommand } from './command.ts';
import type { HookContext } from './context.ts';
import type { FlagKind, FlagSpec } from './flags.ts';

const outputFlags: FlagSpec = { format: 'format', o: 'string', output: '=o' };

/** All options of a command: a command that prints a value has `--format`, `-o` and `--output` beside its own. */
export function allFlags(command: HookCommand): FlagSpec {
  return command.formats ? { ...command.flags, ...outputFlags } : { ...command.flags };
}

/**
 * What `--help` prints, in the form of Juju's option library. Its defaults are part of the protocol: the only way in which
 * ops learns which storage a hook is about is the line `-s  (= certs/0)`.
 */
export function renderHelp(context: HookContext, name: string, command: HookCommand): string {
  const options = optionLines(context, command);
  const usage = [name, ...(options.length > 0 ? ['[options]'] : []), ...(command.args ? [command.args] : [])].join(' ');
  const listed = options.length > 0 ? `\nOptions:\n${options.join('\n')}\n` : '';
  return `Usage: ${usage}\n\nSummary:\n${command.purpose}\n${listed}`;
}

function optionLines(context: HookContext, command: HookCommand): string[] {
  const flags = allFlags(command);
  const names = Object.keys(flags);
  const seconds = (first: string) => names.filter((name) => flags[name] === `=${first}`);
  return names
    .filter((name) => !flags[name]!.startsWith('='))
    .map((name) => ({ names: [name, ...seconds(name)].sort(), kind: flags[name] as FlagKind }))
    .sort((a, b) => (a.names[0]! < b.names[0]! ? -1 : 1))
    .flatMap(({ names, kind }) => {
      const written = names.map((name) => (name.length > 1 ? `--${name}` : `-${name}`)).join(', ');
      const about = description(kind, names, command);
      return [`${written} ${defaultOf(context, kind, command)}`, ...(about ? [`    ${about}`] : [])];
    });
}

/** A text in quotes after one blank, every other value bare after two. */
function defaultOf(context: HookContext, kind: FlagKind, command: HookCommand): string {
  const { relation, storage } = context.event;
  const values: Readonly<Record<FlagKind, string>> = {
    bool: ' (= false)',
    int: ' (= 0)',
    string: '(= "")',
    format: ` (= ${command.formats?.[0] ?? 'smart'})`,
    relation: ` (= ${relation ? `${relation.endpoint}:${relation.id}` : ''})`,
    storage: ` (= ${storage?.id ?? ''})`,
  };
  return values[kind];
}

function description(kind: FlagKind, names: readonly string[], { formats }: HookCommand): string | undefined {
  if (kind === 'format') return `Specify output format (${[...(formats ?? [])].sort().join('|')})`;
  if (kind === 'storage') return 'specify a storage instance by id';
  if (kind === 'relation') return 'Specify a relation by id';
  return formats && names.includes('output') ? 'Specify an output file' : undefined;
}
