import { type HookCommandRunner, isLeader, jujuLog, relationGet } from '../../hookcmds/index.ts';
import { isObject, parseDatabagJson } from './databag-json.ts';
import { keepDatabag } from './related.ts';

/** What of a relation's wishes is refused, in sentences. */
export interface Refusals {
  /** `metrics-endpoint:3`. */
  readonly id: string;
  readonly application: string;
  readonly jobProblems: readonly string[];
  readonly ruleProblems: readonly string[];
  /** Whether it brings alert rules at all: only then it is told what became of them. */
  readonly hasRules: boolean;
}

/**
 * Tells each application by the key `event` of our databag what of its jobs and rules is refused, as the library does:
 * `errors` for rules, `scrape_job_errors` for jobs; `{}` when its rules are fine. Only the leader can.
 */
export async function tellProblems(
  tools: HookCommandRunner,
  own: string,
  refusals: readonly Refusals[],
): Promise<void> {
  if (refusals.length === 0 || !(await isLeader(tools))) return;
  for (const { id: relationId, jobProblems, ruleProblems, hasRules } of refusals) {
    const to = { relationId, entity: own, application: true };
    const { event: now } = await relationGet(tools, to);
    const before = parseDatabagJson(now).value;
    const { errors: _errors, scrape_job_errors: _jobs, ...rest } = isObject(before) ? before : {};
    const event = {
      ...rest,
      ...(ruleProblems.length > 0 && { errors: ruleProblems.join(', ') }),
      ...(jobProblems.length > 0 && { scrape_job_errors: jobProblems.join(', ') }),
    };
    if (now === undefined && !hasRules && Object.keys(event).length === 0) continue;
    await keepDatabag(tools, to, { event: JSON.stringify(event) });
  }
}

/** One line for each application that is refused something. */
export async function logProblems(tools: HookCommandRunner, refusals: readonly Refusals[]): Promise<void> {
  for (const { id, application, jobProblems, ruleProblems } of refusals) {
    for (const problem of ruleProblems) {
      await jujuLog(tools, 'ERROR', `Invalid alert rules of application "${application}" (${id}): ${problem}`);
    }
    for (const problem of jobProblems) {
      await jujuLog(tools, 'ERROR', `Invalid scrape job of application "${application}" (${id}): ${problem}`);
    }
  }
}
