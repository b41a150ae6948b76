import { isDeepStrictEqual } from 'node:util';
import { derivedNames } from './derived-names.ts';
import type { Replay } from './replay.ts';
import type { Aspect, RecordedValue, Vector } from './vector.ts';

export interface Difference {
  readonly aspect: Aspect;
  readonly what: string;
}

/** Where our charm does something else than the Python charm did, by the rules of tests/golden/README.md. */
export function compare(vector: Vector, ours: Replay): readonly Difference[] {
  const { then } = vector;
  const crashed = then.error !== null || /rejects/.test(then.plan_environment_note ?? '');
  const found = [...exits(ours), ...(crashed ? crash(vector, ours) : recorded(vector, ours)), ...again(vector, ours)];
  return [...found, ...leaks(vector, ours)];
}

function exits({ outcome, again }: Replay): Difference[] {
  return [outcome, again.outcome].flatMap((one) =>
    one.kind === 'failed' || one.kind === 'missing' || one.kind === 'interrupted'
      ? [{ aspect: 'exit', what: JSON.stringify(one) } as const]
      : [],
  );
}

/** Where the Python charm crashed ours says clearly what is wrong. */
function crash(vector: Vector, { outcome, status }: Replay): Difference[] {
  if (outcome.kind === 'action') {
    const clear = outcome.status === 'failed' && outcome.message !== '';
    return clear ? [] : [{ aspect: 'crash', what: `the action did not fail: ${JSON.stringify(outcome.results)}` }];
  }
  const clear = ['blocked', 'waiting'].includes(status.name) && status.message !== '';
  return clear ? [] : [{ aspect: 'crash', what: `${vector.name}: ${status.name} "${status.message}"` }];
}

function recorded(vector: Vector, ours: Replay): Difference[] {
  return [
    ...statuses(vector, ours),
    ...plans(vector, ours),
    ...targets(vector, ours),
    ...relationData(vector, ours),
    ...secrets(vector, ours),
    ...actions(vector, ours),
  ];
}

function statuses({ then }: Vector, { status }: Replay): Difference[] {
  if (then.status.name === 'unknown') return [];
  const lingering = then.status.name === 'maintenance';
  const accepted = lingering ? ['active', 'waiting', 'maintenance'] : [then.status.name];
  if (accepted.includes(status.name)) return [];
  return [
    {
      aspect: 'status',
      what: `${status.name} "${status.message}", recorded ${then.status.name} "${then.status.message}"`,
    },
  ];
}

function plans({ then }: Vector, { environment, running }: Replay): Difference[] {
  const recordedPlan = then.plan?.services?.['temporal-worker'] !== undefined;
  // An event that 1.0 did not look at: ours brings the unit to what the options ask for at any event.
  if (!recordedPlan && then.status.name === 'unknown') return [];
  if (!recordedPlan) return environment === null ? [] : [{ aspect: 'plan', what: 'a service where there was none' }];
  if (environment === null) return [{ aspect: 'plan', what: 'no service' }];
  const expected = then.plan_environment_as_strings ?? {};
  const differing = Object.entries(expected).filter(([name, value]) => !sameValue(name, value, environment[name]));
  const added = Object.keys(environment).filter((name) => !Object.hasOwn(expected, name) && !derivedNames.has(name));
  const stopped = then.service_running && !running ? ['the service does not run'] : [];
  return [
    ...differing.map(
      ([name, value]) => `${name}: ${JSON.stringify(environment[name])}, recorded ${JSON.stringify(value)}`,
    ),
    ...added.map((name) => `${name} is new`),
    ...stopped,
  ].map((what) => ({ aspect: 'plan', what }));
}

/** Where the output goes. */
function targets({ then }: Vector, { logTargets }: Replay): Difference[] {
  const recordedTargets = then.plan?.['log-targets'] ?? {};
  return isDeepStrictEqual(logTargets, recordedTargets)
    ? []
    : [{ aspect: 'plan', what: `${JSON.stringify(logTargets)} as log-targets` }];
}

/** Juju prints the option of type float as `1`, the recording said `1.0`. */
function sameValue(name: string, recordedValue: string, value: string | undefined): boolean {
  if (value === undefined) return false;
  return name.endsWith('_SENTRY_SAMPLE_RATE') ? Number(value) === Number(recordedValue) : value === recordedValue;
}

function relationData({ given, then }: Vector, { model }: Replay): Difference[] {
  const unit = `${given.app}/${given.unit}`;
  return Object.entries(then.relation_data).flatMap(([relation, { app_data = {}, unit_data = {} }]) => {
    const id = Number(relation.split(':')[1]);
    const bags = { [given.app]: app_data, [unit]: unit_data };
    return Object.entries(bags).flatMap(([entity, bag]) =>
      Object.entries(bag)
        .filter(([key, value]) => !matches(value, model.settings(id, entity)?.[key]))
        .map(([key]) => ({ aspect: 'relation', what: `${relation} ${entity} ${key}` }) as const),
    );
  });
}

function matches(recordedValue: RecordedValue, value: string | undefined): boolean {
  if (recordedValue === '*') return value !== undefined && value !== '';
  if (typeof recordedValue === 'string') return value === recordedValue;
  return sameData(recordedValue.__json__, JSON.parse(value ?? 'null'));
}

/** Ours is a dashboard of our own: of its text it counts that it is an xz file. */
function sameData(recordedData: unknown, data: unknown): boolean {
  if (recordedData === '*') return typeof data === 'string' && data !== '';
  if (!isMap(recordedData)) return isDeepStrictEqual(recordedData, data);
  if (Object.hasOwn(recordedData, '__lzma_base64_of_json__')) return String(data).startsWith('/Td6WFo');
  return (
    isMap(data) &&
    isDeepStrictEqual(Object.keys(recordedData).sort(), Object.keys(data).sort()) &&
    Object.entries(recordedData).every(([key, each]) => sameData(each, data[key]))
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function secrets({ then }: Vector, { model }: Replay): Difference[] {
  const added = [...model.added.values()];
  return then.secrets_created
    .filter(({ label, content }) => {
      const found = added.find((secret) => secret.label === label);
      return Object.keys(content).some((key) => found?.content?.[key] === undefined);
    })
    .map(({ label }) => ({ aspect: 'secrets', what: `secret "${label}" was not added` }));
}

function actions({ then }: Vector, { outcome }: Replay): Difference[] {
  if (outcome.kind !== 'action' || then.action === null) return [];
  const failed = outcome.status === 'failed';
  if (failed !== (then.action.failed !== null))
    return [{ aspect: 'action', what: failed ? `it failed: ${outcome.message}` : 'it did not fail' }];
  return Object.entries(then.action.results ?? {})
    .filter(([key, value]) => outcome.results[key] !== value)
    .map(([key]) => ({ aspect: 'action', what: `result ${key}: ${JSON.stringify(outcome.results[key])}` }));
}

/** A second dispatch of the same event writes nothing and restarts nothing; an action may do its work again. */
function again({ given }: Vector, { again: { writes, disturbed } }: Replay): Difference[] {
  if (given.action) return [];
  const { state = {}, ...others } = writes ?? {};
  const wrote = [
    ...Object.keys(state).map((key) => `state ${key}`),
    ...Object.entries(others).flatMap(([name, list]) => ((list as readonly unknown[]).length > 0 ? [name] : [])),
  ];
  return [...wrote, ...(disturbed ? ['the service changed'] : [])].map((what) => ({ aspect: 'idempotent', what }));
}

/** No text of a secret in what the charm says; what an option has as well is none. */
function leaks({ given }: Vector, ours: Replay): Difference[] {
  const options = Object.values(given.config).map(String);
  const texts = given.secrets
    .flatMap(({ content, latest_content }) => Object.entries({ ...content, ...latest_content }))
    .filter(([key]) => key !== 'auth-provider' && key !== 'oidc-auth-type')
    .map(([, text]) => text)
    .filter((text) => text.length > 3 && !options.some((option) => option.includes(text)));
  const said = `${ours.said}\n${ours.status.message}`;
  return texts
    .filter((text) => said.includes(text))
    .map((text) => ({ aspect: 'leak', what: `a secret of ${text.length} characters` }));
}
