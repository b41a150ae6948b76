import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { HookContext } from './context.ts';
import { hookEnvironment } from './environment.ts';
import { executeHookCommand } from './execute.ts';
import type { HookModel } from './model.ts';
import { runCharmProcess } from './process.ts';
import type { ProcessHost } from './run.ts';

/** More would hold up whoever asks for no good. */
const timeoutMs = 60_000;
/** An environment has 2 MB at most; escaped it may have more. */
const longestAnswer = 16 * 1024 * 1024;

/**
 * Asks a charm something: runs the program `queries/<name>` of its directory in a hook context that is never committed,
 * beside whatever the unit is doing, and gives back what it printed. Nothing of that is logged or kept.
 */
export async function runQuery(query: {
  readonly model: HookModel;
  readonly unit: string;
  readonly name: string;
  readonly args: readonly string[];
  readonly host: Omit<ProcessHost, 'kind'>;
  readonly signal: AbortSignal;
}): Promise<string> {
  const { model, unit, name, args, host } = query;
  const program = join(host.charmDir, 'queries', name);
  const what = `cannot ask the charm of ${unit} for its ${name}`;
  const isThere = await access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new UserError(`${what}: it has no program queries/${name} (not every charm has one)`);
  const event = { hook: '', exec: { command: `queries/${name}`, task: '' } };
  const context = new HookContext({ model, unit, event });
  const contextId = `${unit}-query-${randomBytes(8).toString('hex')}`;
  const close = host.server.open(contextId, (line) => executeHookCommand(context, line));
  try {
    const argv: readonly [string, ...string[]] = [program, ...args];
    const { server, charmDir, containersDir, jujuVersion, environment: extra } = host;
    const end = await runCharmProcess({
      argv: host.enter?.(argv, charmDir) ?? argv,
      cwd: charmDir,
      env: hookEnvironment({ model, unit, event, contextId, charmDir, containersDir, jujuVersion, server, extra }),
      keepBytes: longestAnswer,
      onStdout: () => undefined,
      onStderr: () => undefined,
      signal: AbortSignal.any([query.signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (end.exitCode === 0) return end.stdout.toString();
    const lines = end.stderr.toString().trim().split('\n');
    const why = end.startError ?? lines.find((line) => /^\w*Error: /.test(line)) ?? lines[0];
    throw new UserError(`${what}: ${why || `exit status ${end.exitCode ?? end.signal}`}`);
  } finally {
    await close();
  }
}
