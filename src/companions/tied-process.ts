import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The program runs in a group of its own; a guard beside it holds a pipe of ours and ends the group when we are gone. */
const guarded = '(read -r end; kill -KILL 0) <&3 >/dev/null 2>&1 & exec "$@" 3<&-';

/**
 * Runs a program that must not outlive us, with all that it starts: it is killed when `signal` aborts, and also when
 * this process dies, even by SIGKILL. Resolves with how it ended; `line` gets what it prints on both outputs.
 */
export function runTied(
  argv: readonly string[],
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly cwd?: string;
    line(text: string): void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<{ readonly exitCode: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', guarded, 'sh', ...argv], {
      env: options.env,
      ...(options.cwd && { cwd: options.cwd }),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const guard = child.stdio[3]!;
    const end = () => guard.destroy();
    guard.on('error', () => {});
    for (const output of [child.stdout, child.stderr]) createInterface({ input: output! }).on('line', options.line);
    options.signal?.addEventListener('abort', end, { once: true });
    if (options.signal?.aborted) end();
    child.once('error', reject);
    // The guard's pipe counts among the child's, so it has to go before `close` can come.
    child.once('exit', end);
    child.once('close', (exitCode) => {
      options.signal?.removeEventListener('abort', end);
      resolve({ exitCode });
    });
  });
}
