import { UsageError } from './command-error.ts';
import { goQuote } from './go-text.ts';

/** Refuses arguments that are left over, in Juju's words. */
export function needNoMore(args: readonly string[]): void {
  if (args.length > 0) {
    throw new UsageError(`unrecognized args: [${args.map(goQuote).join(' ')}]`);
  }
}

/** Reads `key=value` arguments; the value may be empty, a key comes once. */
export function parseKeyValues(args: readonly string[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const arg of args) {
    const equals = arg.indexOf('=');
    if (equals < 1) {
      throw new UsageError(`expected "key=value", got ${goQuote(arg)}`);
    }
    const key = arg.slice(0, equals);
    if (values.has(key)) {
      throw new UsageError(`key ${goQuote(key)} specified more than once`);
    }
    values.set(key, arg.slice(equals + 1));
  }
  return Object.fromEntries(values);
}
