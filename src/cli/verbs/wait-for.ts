import type { Status } from '../../controller/api.ts';
import { parseDuration } from '../duration.ts';
import { Failure } from '../failure.ts';
import { isTrue, type Scope, type Value } from '../query/evaluate.ts';
import { defaultQuery, type Goal, goalOf, reportQuery } from '../query/goal.ts';
import { parseQuery } from '../query/parser.ts';
import { waitForStatus } from '../query/wait.ts';
import type { Invocation, Verb } from '../verb.ts';
import { goYaml } from '../yaml.ts';

export const verb: Verb = {
  args: '(application | unit | model) <name>',
  purpose: 'Wait until an application, a unit or the model is in a wanted state.',
  details: `
Without --query an application or unit is awaited to be alive and active. A query compares fields (==, !=, <, <=, >, >=) and
joins with &&, || and !; len(units), startsWith(name, "a"), endsWith(name, "/0") and forEach(units, unit => ...) are there.

The exit code is 0 when the state is reached and 1 when time runs out.`,
  examples: [
    'wait-for application temporal-worker-k8s --timeout 60s',
    `wait-for application temporal-worker-k8s --query='forEach(units, unit => unit.workload-status=="active")'`,
    `wait-for unit temporal-worker-k8s/0 --query='workload-status=="blocked"'`,
    `wait-for model default --query='len(applications) == 2 && forEach(applications, app => app.status == "active")'`,
  ],
  options(command) {
    command
      .option('--query <query>', 'state to wait for')
      .option('--timeout <duration>', 'how long to wait (default 10m)')
      .option('--summary', 'show what the query looked at, at the end (default; --summary=false shows nothing)')
      .option('--no-summary', 'show no summary');
  },
  async run(call) {
    const goal = goalOf(call.args);
    const query = typeof call.options.query === 'string' ? call.options.query : defaultQuery(goal.kind);
    const expression = reportQuery(query, () => parseQuery(query));
    const timeoutMs =
      typeof call.options.timeout === 'string' ? parseDuration(call.options.timeout, 'timeout') : 600_000;
    const seen = new Map<Scope, Record<string, Value>>();
    const say = onceEach(call);
    let found = false;

    const client = goal.model === undefined ? call.client : call.client.inModel(goal.model);
    await waitForStatus(
      { ...call, client },
      {
        timeoutMs,
        look: (status) => {
          const scope = goal.find(status);
          if (!scope && found) throw new Failure(`${goal.kind} ${goal.name} removed`);
          if (!scope) {
            say(`${goal.kind} "${goal.name}" not found, waiting...`);
            return false;
          }
          found = true;
          seen.clear();
          const witness = (one: Scope, field: string, value: Value) =>
            void seen.set(one, { ...seen.get(one), [field]: value });
          if (reportQuery(query, () => isTrue(expression, scope, witness))) return true;
          say(waitingLine(goal, status));
          return false;
        },
        late: (status, after) =>
          `timed out waiting for "${goal.name}" to reach goal state (after ${after} it is: ${status ? goal.now(status) : 'unknown'})`,
      },
    );
    if (call.options.summary !== false) summarise(call, goal, seen);
    return 0;
  },
};

function waitingLine(goal: Goal, status: Status): string {
  return goal.kind === 'application'
    ? `application "${goal.name}" found with "${goal.now(status).split(',')[0]}", waiting...`
    : `${goal.kind} "${goal.name}" found, waiting...`;
}

/** Says a line when it differs from the last one. */
function onceEach(call: Invocation): (line: string) => void {
  let last = '';
  return (line) => {
    if (line !== last) call.info(line);
    last = line;
  };
}

/** What Juju prints at the end: the fields that the query has looked at. */
function summarise(call: Invocation, goal: Goal, seen: ReadonlyMap<Scope, Record<string, Value>>): void {
  const properties: Record<string, unknown> = {};
  const others: Record<string, Record<string, unknown>> = {};
  for (const [scope, fields] of seen) {
    const plain = Object.fromEntries(
      Object.entries(fields)
        .filter(([, value]) => typeof value !== 'object')
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    if (scope.what === goal.kind) Object.assign(properties, plain);
    else others[`${scope.what}s`] = { ...others[`${scope.what}s`], [String(scope.fields.name?.())]: plain };
  }
  call.info(`${goal.kind === 'application' ? 'Application' : goal.kind} "${goal.name}" is running`);
  call.out(goYaml({ properties, ...others }));
}
