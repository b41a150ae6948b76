import { execFile } from 'node:child_process';
import type { Readable } from 'node:stream';
import { systemProgram } from '../process/executable.ts';

/** A process that runs with a terminal, and the terminal's device. */
export interface InTerminal {
  readonly pid: number;
  readonly device: string;
}

/** Where the process that gives the terminal has more of the command's streams. */
export const terminalStreams = { report: 3, stdin: 4, stderr: 5 } as const;

/**
 * The command line that runs a command with a terminal. Node has none of its own to give; `script` of util-linux makes
 * one around the command. A command that is not interactive has a pipe as its standard input all the same.
 */
export function withTerminal(
  argv: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly interactive: boolean;
    readonly splitStderr: boolean;
    readonly width: number;
    readonly height: number;
  },
): string[] {
  const { env, interactive, splitStderr, width, height } = options;
  const { report, stdin, stderr } = terminalStreams;
  const lines = [
    `printf '%s %s\\n' $$ "$(${systemProgram('tty')})" >&${report}`,
    ...(width > 0 && height > 0 ? [`${systemProgram('stty')} cols ${width} rows ${height}`] : []),
    // `script` was told which shell to use by the variable; the command sees what it would have seen.
    env.SHELL === undefined ? 'unset SHELL' : `export SHELL=${quoted(env.SHELL)}`,
    [
      'exec',
      ...argv.map(quoted),
      ...(interactive ? [] : [`<&${stdin}`]),
      ...(splitStderr ? [`2>&${stderr}`] : []),
      ...[report, stdin, stderr].map((fd) => `${fd}>&-`),
    ].join(' '),
  ];
  return [systemProgram('script'), '--quiet', '--return', '--command', lines.join('; '), '/dev/null'];
}

/** What the command reports of itself before it begins; null when it ended before. */
export async function readReport(stream: Readable): Promise<InTerminal | null> {
  let text = '';
  try {
    for await (const chunk of stream.setEncoding('utf8')) {
      text += chunk;
      if (text.includes('\n')) break;
    }
  } catch {
    return null;
  }
  const [, pid, device] = /^(\d+) (\/\S+)\n/.exec(text) ?? [];
  return device === undefined ? null : { pid: Number(pid), device };
}

/** Gives the terminal another size, of which the kernel tells the command. */
export function resizeTerminal(device: string, { width, height }: { width: number; height: number }): void {
  execFile(systemProgram('stty'), ['-F', device, 'cols', String(width), 'rows', String(height)], () => undefined);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
