import { healing, lasting, type Problem } from '../problem.ts';
import { pythonRepr } from '../python-repr.ts';
import { reveal, type Text } from '../secret.ts';
import { isProblem, lookUp, type SecretAnswers } from '../user-secrets/answers.ts';
import type { EnvironmentEntries } from './entries.ts';
import type { Variable } from './variable.ts';

/** Linux takes no longer text for a variable, its name and the `=` in it (`MAX_ARG_STRLEN`). */
const longestVariable = 131_071;
/** A quarter of the usual stack limit is all that arguments and environment may take; the rest is left to the image. */
const largestEnvironment = 1_900_000;

export interface ByHand {
  readonly variables: readonly Variable[];
  readonly problems: readonly Problem[];
}

/** The variables of the option `environment`, later entries over earlier ones: env, then juju. */
export function byHand(
  entries: EnvironmentEntries,
  from: { readonly application: string; readonly secrets: SecretAnswers },
): ByHand {
  const variables: Variable[] = entries.env.map(({ at, name, value }) => ({ name, value, source: at }));
  const problems: Problem[] = [];
  for (const { at, id, single } of entries.juju) {
    const found = lookUp({ id, application: from.application }, from.secrets);
    if (found === null) continue;
    if (isProblem(found)) {
      problems.push(found);
      continue;
    }
    const take = (name: string, key: string) =>
      variables.push({ name, value: found[key] ?? '', source: `${at} (secret ${id}, key ${key})` });
    if (single === null) for (const key of Object.keys(found)) take(variableName(key), key);
    else if (Object.hasOwn(found, single.key)) take(single.name, single.key);
    else problems.push(noSuchKey({ at, id, key: single.key, keys: Object.keys(found) }));
  }
  return { variables, problems };
}

/** `access-token` of a secret is `ACCESS_TOKEN` in the environment. */
export function variableName(key: string): string {
  return key.toUpperCase().replaceAll('-', '_');
}

function noSuchKey(of: { readonly at: string; readonly id: string; readonly key: string; readonly keys: string[] }) {
  const keys = of.keys.sort().join(', ');
  return healing(
    `Error parsing secrets env: ${pythonRepr(of.key)} — ${of.at}.key: secret \`${of.id}\` has no such key (it has ${keys})`,
  );
}

/** What no process could be given. */
export function contentProblems(variables: Readonly<Record<string, Text>>): Problem[] {
  let sum = 0;
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(variables)) {
    const text = reveal(value);
    const size = utf8Length(`${name}=${text}`);
    sum += size + 1;
    if (size > longestVariable)
      problems.push(
        lasting(`cannot pass environment variable ${name}: ${size} bytes (at most ${longestVariable}; use a file)`),
      );
    if (text.includes('\0'))
      problems.push(healing(`cannot pass environment variable ${name}: its value holds a NUL character`));
  }
  if (sum > largestEnvironment)
    problems.push(lasting(`cannot pass the environment: ${sum} bytes in all (at most ${largestEnvironment})`));
  return problems;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
