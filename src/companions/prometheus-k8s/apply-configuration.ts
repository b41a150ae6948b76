import { createHash } from 'node:crypto';
import type { HookCommandRunner } from '../../hookcmds/index.ts';
import type { PebbleClient } from '../../pebble/client.ts';
import { keepFiles } from '../keep-files.ts';
import { reload } from '../observability/reload.ts';
import { ensureRunning } from '../server-service.ts';
import { readApplied, writeApplied } from './applied.ts';
import { type Considered, withVerdict } from './asked.ts';
import { serverArgv } from './command.ts';
import { type ConfigurationFacts, certificatesDirectory, renderFiles, rulesDirectory } from './configuration.ts';
import { judge, type Verdict } from './judge.ts';

export interface Outcome {
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** Whether the server has something new. */
  readonly changed: boolean;
  /** Why it cannot run, or why it keeps to its former configuration. */
  readonly problem?: string;
}

/**
 * Lets the server have the configuration that the relations ask for: checked where there is a checker, in files, read
 * by a start or a reload. When the server has read just this already, nothing is checked and nothing written.
 */
export async function applyConfiguration(
  tools: HookCommandRunner,
  pebble: PebbleClient,
  want: {
    readonly asked: readonly Considered[];
    readonly facts: Omit<ConfigurationFacts, 'jobs' | 'alerts'>;
    readonly promtool: string | undefined;
    readonly binary: string;
  },
): Promise<Outcome> {
  const { asked, facts, promtool } = want;
  const { dataDir, port, settings } = facts;
  const inputs = createHash('sha256')
    .update(JSON.stringify([asked, facts, promtool]))
    .digest('hex');
  const applied = await readApplied(dataDir);
  const known = applied?.inputs === inputs ? applied.verdicts : undefined;
  const verdicts = known ?? (promtool ? await judge(promtool, asked, facts) : {});
  const used = asked.map((one) => withVerdict(one, verdicts[one.id]));
  const files = renderFiles({
    ...facts,
    jobs: used.flatMap(({ jobs }) => jobs),
    alerts: used.map(({ alerts }) => alerts),
  });
  await keepFiles(dataDir, files, [rulesDirectory, certificatesDirectory]);
  const { started, problem } = await ensureRunning(tools, pebble, {
    name: 'prometheus',
    argv: await serverArgv({ binary: want.binary, dataDir, port, settings }),
    environment: { HOME: dataDir },
    killDelay: '20s',
    check: { http: { url: `http://127.0.0.1:${port}/-/ready` } },
    version: facts.version,
  });
  if (problem) return { verdicts, changed: false, problem };
  if (known) return { verdicts, changed: false };
  const { read, refused } = started ? { read: true } : await reload(port);
  if (refused !== undefined) {
    return { verdicts, changed: true, problem: `Prometheus failed to reload the configuration: ${refused}` };
  }
  if (read) await writeApplied(dataDir, { inputs, verdicts });
  return { verdicts, changed: true };
}
