import { KitError } from '../kit-error.ts';
import { type Variable, type VariableKey, variables } from './variables.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Thrown when the environment cannot be used; `problems` has one sentence for each thing that is wrong. */
export class SettingsError extends KitError {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** Looks settings up and collects what is wrong with them, so that a user is told everything at once. */
export class Environment {
  readonly variables: Env;
  readonly problems: string[] = [];

  constructor(env: Env) {
    this.variables = env;
  }

  /** The value of the first name that is set and not blank, or `undefined`. */
  get(key: VariableKey): string | undefined {
    return this.find(key)?.value;
  }

  /** The same with the name under which it was found. */
  find(key: VariableKey): { readonly name: string; readonly value: string } | undefined {
    for (const name of variables[key].names) {
      const value = this.variables[name]?.trim();
      if (value) return { name, value };
    }
    return undefined;
  }

  /** The value, or an empty text and a problem. */
  require(key: VariableKey, why = ''): string {
    const value = this.get(key);
    if (value === undefined) this.problem(`cannot read the environment: ${namesOf(key)} is not set${why}`);
    return value ?? '';
  }

  /** Runs a parser of one variable's text; what it throws becomes a problem that names the variable. */
  parse<T>(key: VariableKey, parser: (text: string) => T): T | undefined {
    const found = this.find(key);
    if (!found) return undefined;
    try {
      return parser(found.value);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const shown = 'secret' in variables[key] ? '' : ` "${found.value}"`;
      this.problem(`cannot use ${found.name}${shown}: ${reason}`);
      return undefined;
    }
  }

  boolean(key: VariableKey): boolean | undefined {
    return this.parse(key, (text) => {
      if (/^(true|1|yes|on)$/i.test(text)) return true;
      if (/^(false|0|no|off)$/i.test(text)) return false;
      throw new Error('it is neither true nor false');
    });
  }

  problem(sentence: string): void {
    this.problems.push(sentence);
  }

  /** Call it after the last look: throws when there is a problem. */
  assertUsable(): void {
    if (this.problems.length > 0) throw new SettingsError(this.problems);
  }
}

/** The names of a setting, for a sentence that tells what to set. */
export function namesOf(key: VariableKey): string {
  return variables[key].names.join(' or ');
}

/** Every text in the environment that must never be shown: the kit's own secrets, and what its name says is one. */
export function secretsIn(env: Env): readonly string[] {
  const own = new Set(
    Object.values<Variable>(variables).flatMap((variable) => (variable.secret ? variable.names : [])),
  );
  const looksSecret = /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE|DSN|DATABASE_URL|COOKIE/i;
  const values = Object.entries(env).flatMap(([name, value]) =>
    value && (own.has(name) || looksSecret.test(name)) ? [value] : [],
  );
  // Keys come in lists, and PEM texts in lines, of which a stack trace or a message may quote one.
  const parts = values.flatMap((value) => value.replace(/-----(BEGIN|END)[^-]*-----/g, ' ').split(/\\n|[\s,]+/));
  // Shorter texts would blot out ordinary words.
  return [...new Set([...values, ...parts])].filter((text) => text.length >= 6).sort((a, b) => b.length - a.length);
}
