import type { CliResult } from './temporal-cli.ts';

/** Enough for a server that is busy; creating one takes a few hundred milliseconds. */
const timeoutMs = 15_000;

/** Runs the temporal command line against our server. */
export type Cli = (args: readonly string[], timeoutMs: number) => Promise<CliResult>;

/**
 * Creates a namespace unless there is one of that name; answers which. Rejects with what the server said. `retention` is
 * how long closed workflows are kept.
 */
export async function createNamespace(
  cli: Cli,
  wanted: { readonly name: string; readonly retention?: string; readonly description?: string },
): Promise<'created' | 'there'> {
  const { name, retention = '72h', description = '' } = wanted;
  const there = await cli(['operator', 'namespace', 'describe', `--namespace=${name}`], timeoutMs);
  if (there.ok) return 'there';
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
  throw new Error(`cannot create namespace "${name}": ${created.problem}`);
}
