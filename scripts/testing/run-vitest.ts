import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestUser } from './ordinary-user.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs the named vitest projects (or one folder of them) as that user; a run that dies without a report counts as one failure. */
export function runVitest(options: {
  user?: TestUser;
  projects: readonly string[];
  only?: readonly string[];
  checkout: string;
}): Counts {
  const { user, projects, only = [], checkout } = options;
  const where = user?.checkout ?? checkout;
  const scratch = mkdtempSync(join(tmpdir(), 'charmlet-report-'));
  if (user && process.getuid?.() === 0) spawnSync('chown', [`${user.uid}:${user.gid}`, scratch]);
  const report = join(scratch, 'report.json');
  const run = spawnSync(
    join(where, 'node_modules/.bin/node'),
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--configLoader',
      'runner',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...projects.flatMap((project) => ['--project', project]),
      ...only,
    ],
    {
      cwd: where,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: withoutSlowVariables(user?.env ?? process.env),
      ...(user && process.getuid?.() === 0 ? { uid: user.uid, gid: user.gid } : {}),
    },
  );
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  rmSync(scratch, { recursive: true, force: true });
  if (!result) return { passed: 0, failed: 1, skipped: 0 };
  const failedToLoad = result.success === false && result.numFailedTests === 0 ? 1 : 0;
  const failed = result.numFailedTests + failedToLoad + (run.status !== 0 && result.success ? 1 : 0);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + (result.numTodoTests ?? 0) };
}

/** The closing line, in the plain form that CI systems read. */
export function closingLine(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function withoutSlowVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = env;
  return rest;
}
