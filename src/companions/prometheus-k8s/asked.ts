import { type AlertGroups, readAlertGroups } from '../observability/alert-groups.ts';
import type { Related } from '../observability/related.ts';
import type { Refusals } from '../observability/tell-problems.ts';
import type { Asked, Verdict } from './judge.ts';
import { readScrapeJobs } from './scrape-jobs.ts';

/** What a relation asks, and what of it is refused and not used. */
export type Considered = Asked & Refusals;

/** Reads what a relation asks, as far as it can be read. */
export function consider(related: Related): Considered {
  const { jobs, problems } = readScrapeJobs(related);
  const alerts = readAlertGroups(related, 'scrape_metadata');
  const hasRules = alerts.groups.length > 0 || alerts.problems.length > 0;
  const { id, application } = related;
  return { id, application, jobs, alerts, jobProblems: problems, ruleProblems: alerts.problems, hasRules };
}

/** Takes away what the checker refused. */
export function withVerdict(one: Considered, verdict: Verdict | undefined): Considered {
  if (!verdict) return one;
  const refused = Object.entries(verdict.groups).map(([name, why]) => `group "${name}": ${why}`);
  const alerts: AlertGroups = {
    ...one.alerts,
    groups: one.alerts.groups.filter(({ name }) => !(name in verdict.groups)),
  };
  return {
    ...one,
    alerts,
    jobs: verdict.jobs.length > 0 ? [] : one.jobs,
    jobProblems: [...one.jobProblems, ...verdict.jobs],
    ruleProblems: [...one.ruleProblems, ...refused],
  };
}
