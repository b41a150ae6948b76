import { HookCommandError } from './hook-command-error.ts';

/** What a hook command answered. */
export interface HookCommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a hook command by its Juju name: as a process of its own in a charm (`processRunner`), or inside the controller
 * for a companion. Resolves whatever the exit code is.
 */
export interface HookCommandRunner {
  run(command: string, args: readonly string[], stdin?: string): Promise<HookCommandResult>;
}

/** A command line, kept apart from its standard input because only the former can be seen by other users. */
export interface HookCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Text for `--file -`. Values that may be secret travel here or in a file, never in `args`. */
  readonly stdin?: string;
}

/** Runs a command for its effect and returns what it printed. Rejects with `HookCommandError` unless it exits 0. */
export async function runForText(runner: HookCommandRunner, line: HookCommand): Promise<string> {
  const result = await (line.stdin === undefined
    ? runner.run(line.command, line.args)
    : runner.run(line.command, line.args, line.stdin));
  if (result.exitCode !== 0) throw new HookCommandError(line.command, result.exitCode, result.stderr);
  return result.stdout;
}

/** Runs a command with `--format=json` in front of its arguments and returns the parsed answer; no output reads as null. */
export async function runForJson(runner: HookCommandRunner, line: HookCommand): Promise<unknown> {
  const text = await runForText(runner, { ...line, args: ['--format=json', ...line.args] });
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`cannot read the answer of hook command "${line.command}": not JSON`, { cause });
  }
}
