import type { HookContext } from './context.ts';
import type { FlagSpec, Flags } from './flags.ts';
import type { Format } from './output.ts';

/** One hook command, as the table has it. */
export interface HookCommand {
  /** The arguments in one line, as Juju's help has them. */
  readonly args: string;
  /** One sentence in the imperative. */
  readonly purpose: string;
  /** How much of what a charm on Kubernetes can see of it is there; `note` tells what is not. */
  readonly coverage: 'complete' | 'partial';
  readonly note?: string;
  readonly flags?: FlagSpec;
  /** Present for a command that prints a value: the formats, the default first. Adds `--format`, `-o` and `--output`. */
  readonly formats?: readonly [Format, ...Format[]];
  /** Throws `UsageError` and `CommandError`. */
  run(call: HookCommandCall): Answer | Promise<Answer>;
}

/** What a command prints: nothing, a value in the wanted format, or text as it is; `warning` goes to stderr. */
export type Answer = undefined | { readonly value: unknown } | { readonly text: string } | { readonly warning: string };

export interface HookCommandCall {
  readonly context: HookContext;
  readonly flags: Flags;
  readonly args: readonly string[];
  /** The wanted format; undefined for a command without. */
  readonly format: Format | undefined;
  /** Reads a file that an argument names, from the directory of the call; `-` is standard input where `stdin` allows it. */
  readInput(path: string, stdin: 'stdin' | 'file'): string;
  readBytes(path: string): Buffer;
}

export const anyFormat: readonly [Format, ...Format[]] = ['smart', 'json', 'yaml'];

/** For commands whose default is YAML and that know no `smart`. */
export const yamlFormat: readonly [Format, ...Format[]] = ['yaml', 'json'];
