import { commandOf } from './parse.ts';
import type { Verb } from './verb.ts';
import { summaries } from './verb-names.ts';

/** What `charmlet help` prints. */
export function overview(): string {
  const lines = Object.entries(summaries).sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    'charmlet runs charms and their workloads on this machine, with the commands of Juju.',
    '',
    'Usage: charmlet <command> [options] [arguments]',
    '',
    'Commands:',
    ...lines.map(([name, summary]) => `    ${name.padEnd(width)}  ${summary}`),
    '',
    'Begin with "charmlet demo". See "charmlet help <command>" for a command.',
    'CHARMLET_DATA names the directory that everything is kept in (default ~/.local/share/charmlet).',
    '',
  ].join('\n');
}

/** What `charmlet help <verb>` prints, in the order of Juju's own pages. */
export function verbHelp(name: string, verb: Verb): string {
  const options = commandOf(name, verb).options.map(
    (option) => [option.flags.replace(/<(\w[\w-]*)>/g, '<$1>'), option.description] as const,
  );
  const width = Math.min(32, Math.max(...options.map(([flags]) => flags.length)));
  return [
    `Usage: charmlet ${name} [options]${verb.args ? ` ${verb.args}` : ''}`,
    '',
    'Summary:',
    verb.purpose,
    '',
    'Options:',
    ...options.map(([flags, description]) => `    ${flags.padEnd(width)}  ${description}`),
    ...(verb.details ? ['', 'Details:', verb.details.trim()] : []),
    ...(verb.examples ? ['', 'Examples:', ...verb.examples.map((line) => `    charmlet ${line}`)] : []),
    '',
  ].join('\n');
}
