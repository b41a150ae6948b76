import { needNoMore } from '../arguments.ts';
import { anyFormat, type HookCommand } from '../command.ts';
import { UsageError } from '../command-error.ts';
import { goQuote } from '../go-text.ts';

const reserved = ['stdout', 'stdout-encoding', 'stderr', 'stderr-encoding'];
const keyRule = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

export const actionCommands: Readonly<Record<string, HookCommand>> = {
  'action-get': {
    args: '[<key>[.<key>.<key>...]]',
    purpose: 'Get action parameters.',
    coverage: 'complete',
    formats: anyFormat,
    run({ context, args: [path, ...more] }) {
      needNoMore(more);
      context.needAction();
      const params = context.event.action?.params ?? {};
      return { value: path === undefined ? params : valueAt(params, path.split('.')) };
    },
  },
  'action-set': {
    args: '<key>=<value> [<key>=<value> ...]',
    purpose: 'Set action results.',
    coverage: 'complete',
    run({ context, args }) {
      const pairs = args.map(parseResult);
      const { results } = context.needAction();
      for (const { path, value } of pairs) {
        setAt(results, path, value);
      }
      return undefined;
    },
  },
  'action-fail': {
    args: '["<failure message>"]',
    purpose: 'Set action fail status with message.',
    coverage: 'complete',
    run({ context, args: [message, ...more] }) {
      needNoMore(more);
      const action = context.needAction();
      action.message = message ?? 'action failed without reason given, check action for errors';
      action.failed = true;
      return undefined;
    },
  },
  'action-log': {
    args: '<message>',
    purpose: 'Record a progress message for the current action.',
    coverage: 'complete',
    run({ context, args }) {
      if (args.length === 0) {
        throw new UsageError('no message specified');
      }
      context.needAction();
      context.logTask(args.join(' '));
      return undefined;
    },
  },
};

function parseResult(arg: string): { path: string[]; value: string } {
  const equals = arg.indexOf('=');
  if (equals < 0) {
    throw new UsageError(`argument ${goQuote(arg)} must be of the form key...=value`);
  }
  const path = arg.slice(0, equals).split('.');
  for (const key of path) {
    if (!keyRule.test(key)) {
      throw new UsageError(
        `key ${goQuote(key)} must start and end with lowercase alphanumeric, and contain only lowercase alphanumeric, hyphens and periods`,
      );
    }
    if (reserved.includes(key)) {
      throw new UsageError(`cannot set reserved action key "${key}"`);
    }
  }
  return { path, value: arg.slice(equals + 1) };
}

/** Sets a nested value; a text that stands where a map is needed gives way, as in Juju. */
function setAt(target: Record<string, unknown>, path: readonly string[], value: string): void {
  let map = target;
  for (const key of path.slice(0, -1)) {
    const there = Object.hasOwn(map, key) ? map[key] : undefined;
    const next = isMap(there) ? there : {};
    map[key] = next;
    map = next;
  }
  map[path.at(-1)!] = value;
}

function valueAt(params: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let value: unknown = params;
  for (const key of path) {
    if (!isMap(value) || !Object.hasOwn(value, key)) {
      return null;
    }
    value = value[key];
  }
  return value ?? null;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
