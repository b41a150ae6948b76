import { setTimeout as sleep } from 'node:timers/promises';
import type { CliResult } from './temporal-cli.ts';

/** One call's limit; creating one takes a few hundred milliseconds, but a machine may be busy. */
const timeoutMs = 15_000;
/** For how long a server that is there but not ready is asked again. */
const patienceMs = 30_000;
const pauseMs = 250;

/**
 * What a server says whose frontend answers before the services behind it do (it tells its health alone), or one that
 * is busy: gRPC's words for it, and ours for a command that was ended.
 */
const notReady = /unavailable|not enough hosts|deadline exceeded|no end within|resource exhausted|connection refused/i;

/** Runs the temporal command line against our server. */
export type Cli = (args: readonly string[], timeoutMs: number) => Promise<CliResult>;

/**
 * Creates a namespace unless there is one of that name; answers which. A server that is not ready yet is asked again
 * for a while. Rejects with what the server said. `retention` is how long closed workflows are kept.
 */
export async function createNamespace(
  cli: Cli,
  wanted: { readonly name: string; readonly retention?: string; readonly description?: string },
): Promise<'created' | 'there'> {
  const { name, retention = '72h', description = '' } = wanted;
  const there = await cli(['operator', 'namespace', 'describe', `--namespace=${name}`], timeoutMs);
  if (there.ok) return 'there';
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const created = await cli(
      [
        ...['operator', 'namespace', 'create', `--namespace=${name}`, `--retention=${retention}`],
        ...(description === '' ? [] : [`--description=${description}`]),
      ],
      timeoutMs,
    );
    if (created.ok) return 'created';
    // Somebody else may have been quicker.
    if (/already (exists|registered)/i.test(created.problem)) return 'there';
    if (!notReady.test(created.problem) || Date.now() > deadline)
      throw new Error(`cannot create namespace "${name}": ${created.problem}`);
    await sleep(pauseMs);
  }
}
