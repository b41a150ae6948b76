import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Answer, HookCommand, HookCommandCall } from './command.ts';
import { CommandError, UsageError } from './command-error.ts';
import type { HookContext } from './context.ts';
import { type FlagKind, HelpWanted, parseFlags } from './flags.ts';
import { goAtoi, goQuote } from './go-text.ts';
import { allFlags, renderHelp } from './help.ts';
import { type Format, formatValue } from './output.ts';
import { hookCommands } from './table.ts';
import type { HookCommandResult } from './tools.ts';

/** A call as it comes from the charm. */
export interface HookCommandLine {
  readonly command: string;
  readonly args: readonly string[];
  /** Where relative paths among the arguments start. */
  readonly cwd: string;
  readonly stdin: string | null;
}

/** Runs one hook command in a context. Never rejects: what goes wrong is in the result, as the charm would see it. */
export async function executeHookCommand(context: HookContext, line: HookCommandLine): Promise<HookCommandResult> {
  const command = Object.hasOwn(hookCommands, line.command) ? hookCommands[line.command] : undefined;
  if (!command) {
    return failure(1, `bad request: unknown hook command: ${line.command}`);
  }
  try {
    return await runCommand(context, command, line);
  } catch (error) {
    if (error instanceof HelpWanted) {
      return { exitCode: 0, stdout: renderHelp(context, line.command, command), stderr: '' };
    }
    if (error instanceof UsageError) {
      return failure(2, error.message);
    }
    return failure(1, error instanceof CommandError ? error.message : `internal error: ${(error as Error).message}`);
  }
}

/** Is told of each hook command that was answered. A command that is none has the name `unknown`. */
export type CommandObserver = (command: string, exitCode: number, seconds: number) => void;

/** Runs hook commands in a context and tells `observe` of them. */
export function hookCommandRunner(
  context: HookContext,
  observe: CommandObserver = () => {},
): (line: HookCommandLine) => Promise<HookCommandResult> {
  return async (line) => {
    const began = performance.now();
    const result = await executeHookCommand(context, line);
    const name = Object.hasOwn(hookCommands, line.command) ? line.command : 'unknown';
    observe(name, result.exitCode, (performance.now() - began) / 1000);
    return result;
  };
}

async function runCommand(
  context: HookContext,
  command: HookCommand,
  line: HookCommandLine,
): Promise<HookCommandResult> {
  const formats = command.formats;
  const { flags, args } = parseFlags(allFlags(command), line.args, (kind, value) =>
    refusal(context, command, kind, value),
  );
  const format = formats ? ((flags.text('format') as Format | undefined) ?? formats[0]) : undefined;
  const call: HookCommandCall = {
    context,
    flags,
    args,
    format,
    readInput: (path, stdin) =>
      path === '-' && stdin === 'stdin' ? (line.stdin ?? '') : readBytes(line.cwd, path).toString(),
    readBytes: (path) => readBytes(line.cwd, path),
  };
  const answer = await command.run(call);
  const text = await printed(answer, format);
  const file = formats ? flags.text('o') : undefined;
  if (file) {
    writeOutput(resolve(line.cwd, file), text);
  }
  const warning = answer && 'warning' in answer ? answer.warning : '';
  return { exitCode: 0, stdout: file ? '' : text, stderr: warning };
}

async function printed(answer: Answer, format: Format | undefined): Promise<string> {
  if (!answer || 'warning' in answer) {
    return '';
  }
  return 'text' in answer ? answer.text : await formatValue(format ?? 'smart', answer.value);
}

/** What speaks against an option's value while the line is read, in Juju's words. */
function refusal(context: HookContext, command: HookCommand, kind: FlagKind, value: string): string | null {
  switch (kind) {
    case 'format':
      return command.formats?.includes(value as Format) ? null : `unknown format ${goQuote(value)}`;
    case 'relation': {
      const id = goAtoi(value.slice(value.lastIndexOf(':') + 1));
      return id === null ? 'invalid relation id' : context.relation(id) ? null : 'relation not found';
    }
    case 'storage':
      return /^[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*\/\d+$/.test(value) ? null : 'invalid storage id';
    default:
      return null;
  }
}

function readBytes(cwd: string, path: string): Buffer {
  const full = resolve(cwd, path);
  try {
    return readFileSync(full);
  } catch (error) {
    throw new CommandError(`open ${full}: ${reason(error)}`);
  }
}

function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CommandError(`open ${path}: ${reason(error)}`);
  }
}

/** The system's own words, which Go's errors end in. */
function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'not a directory',
  };
  return known[code ?? ''] ?? message;
}

function failure(exitCode: number, message: string): HookCommandResult {
  return { exitCode, stdout: '', stderr: `ERROR ${message}\n` };
}
