import { kindOf, readYaml } from '../charm/read-yaml.ts';
import type { OptionSpec } from '../charm/spec.ts';
import { UserError } from '../errors.ts';
import type { ConfigValue } from '../hook/model.ts';
import { checkOptionValue, parseOptionText } from './parse-option.ts';

export interface ConfigChanges {
  /** Option -> value; null takes it back to its default. */
  readonly values: Readonly<Record<string, ConfigValue | null>>;
  /** `trust=true`, an application setting that stands beside the charm's options. */
  readonly trust: boolean | null;
}

export interface GivenConfig {
  readonly application: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** As typed: `key=value`. Wins over files. */
  readonly texts: Readonly<Record<string, string>>;
  readonly files: readonly { readonly file: string; readonly text: string }[];
  readonly reset: readonly string[];
}

/**
 * What a user wants to change, read by the options' types. Throws one error that names every problem of keys and
 * values; a file that cannot be read at all is told alone.
 */
export function readConfigChanges(given: GivenConfig): ConfigChanges {
  const problems: string[] = [];
  const values: Record<string, ConfigValue | null> = {};
  let trust: boolean | null = null;
  const set = (
    name: string,
    parse: (option: OptionSpec) => ReturnType<typeof checkOptionValue>,
    where: string,
  ): void => {
    if (name === 'trust' && !given.options.trust) {
      const parsed = parse({ type: 'boolean', description: '' });
      if ('problem' in parsed) problems.push(where + parsed.problem);
      else trust = parsed.value === null ? false : parsed.value === true;
      return;
    }
    const option = Object.hasOwn(given.options, name) ? given.options[name] : undefined;
    if (!option) {
      problems.push(`${where}unknown option "${name}"${suggestion(name, given.options)}`);
      return;
    }
    const parsed = parse(option);
    if ('problem' in parsed) problems.push(where + parsed.problem);
    else values[name] = parsed.value;
  };
  for (const { file, text } of given.files) {
    for (const [name, value] of Object.entries(settingsOf(file, text, given.application)))
      set(name, (option) => checkOptionValue(name, option, value), `${file}: `);
  }
  for (const name of given.reset) set(name, () => ({ value: null }), '');
  for (const [name, text] of Object.entries(given.texts)) {
    if (given.reset.includes(name)) problems.push(`cannot set and reset key "${name}" simultaneously`);
    else set(name, (option) => parseOptionText(name, option, text), '');
  }
  if (problems.length > 0) throw new UserError(problems.join('; '));
  return { values, trust };
}

/** The options in a config file: under the application's name, or under `settings` of a listing, each with a `value`. */
function settingsOf(file: string, text: string, application: string): Record<string, unknown> {
  const top = readYaml(text, `cannot read ${file}`);
  if (!isMap(top))
    throw new UserError(
      `cannot read ${file}: found ${kindOf(top)} (a mapping whose key is the application: ${application}:)`,
    );
  if (isMap(top.settings) && !isMap(top[application])) {
    if (typeof top.application === 'string' && top.application !== application)
      throw otherApplication(file, [top.application], application);
    // What `charmlet config APPLICATION` printed; what stands at its default there is not set by it.
    const entries = Object.entries(top.settings).filter(
      ([, entry]) => isMap(entry) && 'value' in entry && entry.source !== 'default',
    );
    return Object.fromEntries(entries.map(([name, entry]) => [name, (entry as { value: unknown }).value]));
  }
  const own = top[application];
  if (own === undefined) throw otherApplication(file, Object.keys(top), application);
  if (own === null) return {};
  if (!isMap(own)) throw new UserError(`cannot read ${file}: ${application} is ${kindOf(own)} (a mapping of options)`);
  return own;
}

function otherApplication(file: string, found: readonly string[], application: string): UserError {
  const names = found.map((name) => `"${name}"`).join(', ') || 'nothing';
  return new UserError(
    `cannot use ${file} for application "${application}": it is for ${names} (its top key must be "${application}:")`,
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function suggestion(name: string, options: Readonly<Record<string, OptionSpec>>): string {
  const near = Object.keys(options).find((option) => distance(option, name) <= 2);
  return near ? ` (did you mean "${near}"?)` : '';
}

/** How many letters must be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
