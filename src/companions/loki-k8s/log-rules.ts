import { stringify } from 'yaml';
import { ask } from '../../plain-http/ask.ts';
import { readAlertGroups } from '../observability/alert-groups.ts';
import type { Related } from '../observability/related.ts';
import type { Refusals } from '../observability/tell-problems.ts';
import { rulesDirectory } from './loki-configuration.ts';

/** The rule files for the running server, and what of the relations' rules is refused. */
export interface LogRules {
  readonly files: Readonly<Record<string, string>>;
  readonly refusals: readonly Refusals[];
}

/** Reads the alert rules of the relations. `faultOf` says what is wrong with an expression; a group with one is refused. */
export async function readLogRules(
  related: readonly Related[],
  faultOf: (expression: string) => Promise<string | undefined>,
): Promise<LogRules> {
  const files: Record<string, string> = {};
  const refusals: Refusals[] = [];
  for (const relation of related) {
    const { file, groups, problems } = readAlertGroups(relation, 'metadata');
    const judged = await Promise.all(
      groups.map(async (group) => {
        const faults = await Promise.all(group.rules.map(({ expr }) => faultOf(String(expr))));
        return { group, fault: faults.find((each) => each !== undefined) };
      }),
    );
    const good = judged.flatMap(({ group, fault }) => (fault === undefined ? [group] : []));
    if (good.length > 0) files[`${rulesDirectory}/${file}_alert.rules`] = renderGroups(good);
    const refused = judged.flatMap(({ group, fault }) =>
      fault === undefined ? [] : [`group "${group.name}": ${fault}`],
    );
    refusals.push({
      id: relation.id,
      application: relation.application,
      jobProblems: [],
      ruleProblems: [...problems, ...refused],
      hasRules: groups.length > 0 || problems.length > 0,
    });
  }
  return { files, refusals };
}

function renderGroups(groups: readonly object[]): string {
  return stringify({ groups }, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}

/** Asks the running Loki what it thinks of an expression; nothing when it says nothing clear. */
export async function faultByLoki(url: string, expression: string): Promise<string | undefined> {
  try {
    const { status, text } = await ask(`${url}/loki/api/v1/format_query`, {
      timeoutMs: 5000,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ query: expression }).toString(),
    });
    if (status !== 400) return undefined;
    const { error } = JSON.parse(text) as { error?: string };
    return (error ?? text).slice(0, 300);
  } catch {
    return undefined;
  }
}
