import { readInputs } from '../inputs.ts';
import { secretOptions } from '../options.ts';
import { reveal, type Text } from '../secret.ts';
import type { Facts } from '../types.ts';
import { explainedEnvironment } from './environment.ts';
import { environmentFacts } from './facts.ts';

/** What stands in place of a secret value. */
const masked = '***';

/** The worker's environment for people to read. Plain data: secret values are in it only when they were asked for. */
export interface Explanation {
  /** `ready`: what is wanted can be had. `blocked`: it cannot, and the worker keeps its last good environment. */
  readonly state: 'ready' | 'blocked';
  /** Why it is blocked, every reason. */
  readonly problems: readonly string[];
  /** What works but may be meant otherwise. */
  readonly warnings: readonly string[];
  /** Whether the container told what the worker has; then each variable says in `worker` how that stands to it. */
  readonly compared: boolean;
  readonly variables: readonly {
    readonly name: string;
    readonly value: string;
    readonly secret: boolean;
    readonly source: string;
    readonly shadows: readonly string[];
    readonly worker: 'same' | 'other' | 'absent' | 'unknown';
  }[];
}

/** `planned`: the environment in the container's plan; null while it cannot be had. */
export function explainEnvironment(
  facts: Facts,
  of: { readonly planned: Readonly<Record<string, Text>> | null; readonly reveal: boolean },
): Explanation {
  const inputs = readInputs(facts);
  const wanted = explainedEnvironment(environmentFacts(facts, inputs));
  const names = new Set(wanted.map(({ name }) => name));
  const { planned } = of;
  const shown = (value: Text, secret: boolean) =>
    secret && !of.reveal && reveal(value) !== '' ? masked : reveal(value);
  const left = Object.entries(planned ?? {}).filter(([name]) => !names.has(name));
  const variables = [
    ...wanted.map(({ name, value, source, shadows }) => {
      const secret = typeof value !== 'string' || secretSources.has(source);
      const has = planned !== null && Object.hasOwn(planned, name) ? planned[name] : undefined;
      const worker = planned === null ? 'unknown' : has === undefined ? 'absent' : same(has, value) ? 'same' : 'other';
      return { name, value: shown(value, secret), secret, source, shadows, worker } as const;
    }),
    // Where it came from nobody knows any more: it is shown as a secret.
    ...left.map(([name, value]) => {
      const kept = { secret: true, source: 'an earlier environment', shadows: [], worker: 'other' } as const;
      return { name, value: shown(value, true), ...kept };
    }),
  ];
  const problems = inputs.problems.map(({ text }) => text);
  const state = problems.length === 0 ? 'ready' : 'blocked';
  return { state, problems, warnings: inputs.warnings, compared: planned !== null, variables };
}

const secretSources = new Set(secretOptions.map((name) => `option ${name}`));

function same(one: Text, other: Text): boolean {
  return reveal(one) === reveal(other);
}
