import { UsageError } from './command-error.ts';
import { goAtoi, goParseBool, goQuote } from './go-text.ts';

/** One option of a hook command. `relation` and `storage` are looked up while they are read, as Juju does. */
export type FlagKind = 'bool' | 'string' | 'int' | 'relation' | 'storage' | 'format';

/** Name -> kind, or `=name` for a second name of the same option. */
export type FlagSpec = Readonly<Record<string, FlagKind | `=${string}`>>;

export interface Flags {
  readonly bool: (name: string) => boolean;
  /** Undefined when the option was not given. */
  readonly text: (name: string) => string | undefined;
  readonly number: (name: string) => number | undefined;
}

/** Checks a value where the options are read, and answers the reason against it. */
export type FlagCheck = (kind: FlagKind, value: string) => string | null;

/** Thrown for `--help` and `-h`. */
export class HelpWanted extends Error {}

/**
 * Reads a command line by the rules of Juju's option library: options may stand anywhere, `--` ends them, `--x v`,
 * `--x=v`, `-xv` and `-x v` are the same, a truth value takes its value only by `=`.
 */
export function parseFlags(
  spec: FlagSpec,
  argv: readonly string[],
  check: FlagCheck,
): { flags: Flags; args: string[] } {
  const values = new Map<string, string | boolean | number>();
  const args: string[] = [];
  const rest = [...argv];

  function set(name: string, written: string, attached: string | null): void {
    const named = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (named === undefined) {
      if (name === 'help' || name === 'h') {
        throw new HelpWanted();
      }
      throw new UsageError(`option provided but not defined: ${written}`);
    }
    const target = named.startsWith('=') ? named.slice(1) : name;
    const kind = (named.startsWith('=') ? spec[target] : named) as FlagKind;
    const value = attached ?? (kind === 'bool' ? 'true' : rest.shift());
    if (value === undefined) {
      throw new UsageError(`option needs an argument: ${written}`);
    }
    values.set(target, readValue(kind, value, written, check));
  }

  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      args.push(...rest);
      break;
    }
    if (arg === '-' || !arg.startsWith('-')) {
      args.push(arg);
    } else if (arg.startsWith('--')) {
      const equals = arg.indexOf('=');
      const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
      if (name === '') {
        throw new UsageError(`empty option in argument ${goQuote(arg)}`);
      }
      set(name, name.length > 1 ? `--${name}` : `-${name}`, equals < 0 ? null : arg.slice(equals + 1));
    } else {
      readShort(arg.slice(1));
    }
  }

  /** `-abc`: truth values one after the other, until one takes the remainder as its value. */
  function readShort(cluster: string): void {
    for (let left = cluster; left !== ''; ) {
      const name = String.fromCodePoint(left.codePointAt(0)!);
      left = left.slice(name.length);
      const isBool = Object.hasOwn(spec, name) && spec[name] === 'bool' && !left.startsWith('=');
      set(name, `-${name}`, isBool || left === '' ? null : left);
      if (!isBool) {
        return;
      }
    }
  }

  return {
    args,
    flags: {
      bool: (name) => values.get(name) === true,
      text: (name) => values.get(name) as string | undefined,
      number: (name) => values.get(name) as number | undefined,
    },
  };
}

function readValue(kind: FlagKind, value: string, written: string, check: FlagCheck): string | boolean | number {
  const refuse = (why: string) => new UsageError(`invalid value ${goQuote(value)} for option ${written}: ${why}`);
  if (kind === 'bool') {
    const truth = goParseBool(value);
    if (truth === null) {
      throw refuse(`strconv.ParseBool: parsing ${goQuote(value)}: invalid syntax`);
    }
    return truth;
  }
  if (kind === 'int') {
    const number = goAtoi(value);
    if (number === null) {
      throw refuse(`strconv.ParseInt: parsing ${goQuote(value)}: invalid syntax`);
    }
    return number;
  }
  const why = check(kind, value);
  if (why !== null) {
    throw refuse(why);
  }
  return kind === 'relation' ? goAtoi(value.slice(value.lastIndexOf(':') + 1))! : value;
}
