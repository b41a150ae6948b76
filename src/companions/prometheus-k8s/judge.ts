import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keepFiles } from '../keep-files.ts';
import type { AlertGroups } from '../observability/alert-groups.ts';
import { type ConfigurationFacts, configurationFile, renderFiles } from './configuration.ts';
import type { ScrapeJob } from './scrape-jobs.ts';

/** What one relation asks of Prometheus. */
export interface Asked {
  readonly id: string;
  readonly jobs: readonly ScrapeJob[];
  readonly alerts: AlertGroups;
}

/** What is wrong with what a relation asks; empty where nothing is. */
export interface Verdict {
  readonly jobs: readonly string[];
  /** By name of the group. */
  readonly groups: Readonly<Record<string, string>>;
}

/**
 * Has Prometheus' own checker look at what the relations ask, everything at once and, when that is refused, each by
 * itself, so that one application's fault never takes another's jobs or rules away. Answers by relation id, only those
 * at fault.
 */
export async function judge(
  promtool: string,
  asked: readonly Asked[],
  facts: Omit<ConfigurationFacts, 'jobs' | 'alerts'>,
): Promise<Readonly<Record<string, Verdict>>> {
  const whole = await check(promtool, asked, facts);
  if (whole === undefined) return {};
  const verdicts: Record<string, Verdict> = {};
  for (const one of asked) {
    if ((await check(promtool, [one], facts)) === undefined) continue;
    const jobs = await check(promtool, [{ ...one, alerts: { ...one.alerts, groups: [] } }], facts);
    const groups: Record<string, string> = {};
    for (const group of one.alerts.groups) {
      const alone = { ...one, jobs: [], alerts: { ...one.alerts, groups: [group] } };
      const why = await check(promtool, [alone], facts);
      if (why !== undefined) groups[group.name] = why;
    }
    verdicts[one.id] = { jobs: jobs === undefined ? [] : [jobs], groups };
  }
  return verdicts;
}

/** Runs the checker over a configuration with these relations alone; what it complains of, or undefined. */
async function check(
  promtool: string,
  asked: readonly Asked[],
  facts: Omit<ConfigurationFacts, 'jobs' | 'alerts'>,
): Promise<string | undefined> {
  await mkdir(facts.dataDir, { recursive: true, mode: 0o700 });
  const scratch = await mkdtemp(join(facts.dataDir, '.check-'));
  try {
    const jobs = asked.flatMap((one) => one.jobs);
    const files = renderFiles({ ...facts, dataDir: scratch, jobs, alerts: asked.map((one) => one.alerts) });
    await keepFiles(scratch, files);
    return await runPromtool(promtool, ['check', 'config', join(scratch, configurationFile)]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Runs promtool; undefined when it is content, else its first complaint without the names of files. */
export function runPromtool(promtool: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(promtool, [...args], { timeout: 30_000, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (!error) return resolve(undefined);
      const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim());
      const at = lines.findIndex((line) => /FAILED|error/i.test(line));
      const said = lines.slice(Math.max(at, 0)).filter((line) => line !== '' && !/^(Checking|SUCCESS)/.test(line));
      const directory = dirname(args.at(-1) ?? '');
      const clause = said
        .join(' ')
        .replaceAll(`${directory}/`, '')
        .replace(/^FAILED:?\s*/, '');
      resolve(clause.slice(0, 500) || error.message.split('\n')[0]);
    });
  });
}
