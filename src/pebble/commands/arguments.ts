/** An option of a command: `-n` and `--format` take a value, `--abs-time` and `-f` do not. */
export interface OptionRule {
  readonly short?: string;
  readonly long?: string;
  readonly value?: boolean;
  /** May be given several times. */
  readonly many?: boolean;
  readonly choices?: readonly string[];
}

export type OptionRules = Readonly<Record<string, OptionRule>>;

export interface Arguments {
  readonly positional: readonly string[];
  has(name: string): boolean;
  /** The value of the last occurrence. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
}

/** The command line does not fit; the message is what the user is told after `error: `. */
export class UsageError extends Error {}

/**
 * Takes a command line apart as Pebble's does (options and arguments in any order, `--name=value`, `-n5`, `-fn 5`,
 * `--` ends options). `stopAtFirst`: what follows the first argument is not looked at, as for `exec`.
 */
export function parseArguments(argv: readonly string[], rules: OptionRules, { stopAtFirst = false } = {}): Arguments {
  const found = new Map<string, string[]>();
  const positional: string[] = [];
  const take = (name: string, rule: OptionRule, shown: string, value: string): void => {
    if (rule.choices && !rule.choices.includes(value)) {
      const choices = `${rule.choices.slice(0, -1).join(', ')} or ${rule.choices.at(-1)}`;
      throw new UsageError(`Invalid value \`${value}' for option \`${shown}'. Allowed values are: ${choices}`);
    }
    found.set(name, [...(rule.many ? (found.get(name) ?? []) : []), value]);
  };
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] as string;
    const following = (shown: string): string => {
      at += 1;
      const value = argv[at];
      if (value === undefined) throw new UsageError(`expected argument for flag \`${shown}'`);
      return value;
    };
    if (word === '--') {
      positional.push(...argv.slice(at + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [long = '', ...rest] = word.slice(2).split('=');
      const [name, rule] = find(rules, (candidate) => candidate.long === long, long);
      if (!rule.value) take(name, rule, `--${long}`, '');
      else take(name, rule, `--${long}`, rest.length > 0 ? rest.join('=') : following(`--${long}`));
    } else if (word.startsWith('-') && word !== '-') {
      for (let index = 1; index < word.length; index += 1) {
        const short = word[index] as string;
        const [name, rule] = find(rules, (candidate) => candidate.short === short, short);
        if (!rule.value) {
          take(name, rule, `-${short}`, '');
          continue;
        }
        const rest = word.slice(index + 1).replace(/^=/, '');
        take(name, rule, `-${short}`, rest === '' ? following(`-${short}`) : rest);
        break;
      }
    } else if (stopAtFirst) {
      positional.push(...argv.slice(at));
      break;
    } else positional.push(word);
  }
  return {
    positional,
    has: (name) => found.has(name),
    value: (name) => found.get(name)?.at(-1),
    values: (name) => found.get(name) ?? [],
  };
}

/** Refuses a wrong number of arguments. */
export function expectArguments(
  { positional }: Arguments,
  names: readonly string[],
  { atMost = names.length } = {},
): void {
  const missing = names.slice(positional.length);
  if (missing.length > 0) {
    const list = missing.map((name) => `\`<${name}>\``).join(' and ');
    throw new UsageError(
      `the required argument${missing.length > 1 ? 's' : ''} ${list} ${missing.length > 1 ? 'were' : 'was'} not provided`,
    );
  }
  if (positional.length > atMost) throw new UsageError('too many arguments for command');
}

function find(rules: OptionRules, is: (rule: OptionRule) => boolean, shown: string): [string, OptionRule] {
  const entry = Object.entries(rules).find(([, rule]) => is(rule));
  if (!entry) throw new UsageError(`unknown flag \`${shown}'`);
  return entry;
}
