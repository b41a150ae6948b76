import type { HookCommandResult, HookCommandRunner } from './runner.ts';

/**
 * Runs hook commands as Juju gives them to a charm: programs on `PATH` that find their context in `JUJU_CONTEXT_ID`.
 * Calls may overlap; Juju answers the commands of one context one at a time, so that saves their start-up time only.
 * A command that cannot be started reads as exit code 127.
 */
export function processRunner(env: NodeJS.ProcessEnv = process.env): HookCommandRunner {
  return { run: (command, args, stdin) => runProcess(command, args, stdin, env) };
}

async function runProcess(
  command: string,
  args: readonly string[],
  stdin: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<HookCommandResult> {
  // Loaded late: a dispatch that changes nothing may need none of this.
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A command that refuses its arguments may end before it has read its input.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
    child.once('error', (error) => resolve({ exitCode: 127, stdout: '', stderr: `ERROR ${error.message}\n` }));
    child.once('close', (code, signal) => {
      const exitCode = code ?? (signal === null ? 1 : 128);
      resolve({ exitCode, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
