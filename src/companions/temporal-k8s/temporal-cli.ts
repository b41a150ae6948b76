import { execFile } from 'node:child_process';
import { withoutPrefix } from '../server-service.ts';

export interface CliResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** What it complained about, in one line; empty when `ok`. */
  readonly problem: string;
}

/**
 * Runs the temporal command line against our server. It gets an environment of its own, so that neither the user's
 * profiles nor their TEMPORAL_ variables send it elsewhere. Never rejects.
 */
export function runCli(
  args: readonly string[],
  options: { readonly binary: string; readonly port: number; readonly home: string; readonly timeoutMs: number },
): Promise<CliResult> {
  const env = {
    HOME: options.home,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TEMPORAL_ADDRESS: `127.0.0.1:${options.port}`,
    NO_COLOR: '1',
  };
  return new Promise((resolve) => {
    const limits = { timeout: options.timeoutMs, maxBuffer: 64 * 1024 * 1024, killSignal: 'SIGKILL' as const };
    const child = execFile(
      options.binary,
      [...args],
      { env, cwd: options.home, ...limits },
      (error, stdout, stderr) => {
        const late = error?.killed ? `no end within ${options.timeoutMs / 1000} s` : '';
        resolve({ ok: !error, stdout, problem: error ? late || lastLine(stderr) || error.message : '' });
      },
    );
    child.stdin?.end();
  });
}

function lastLine(stderr: string): string {
  return withoutPrefix(stderr.trim().split('\n').at(-1) ?? '');
}
