import { needNoMore, parseKeyValues } from '../arguments.ts';
import { anyFormat, type HookCommand } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { goQuote } from '../go-text.ts';
import { Nil } from '../go-values.ts';
import { parseSettings } from '../settings-file.ts';

/** `MaxCharmStateKeySize` and `MaxCharmStateValueSize` of juju/core/quota. */
const keyBytes = 256;
const valueBytes = 64 * 1024;

export const stateCommands: Readonly<Record<string, HookCommand>> = {
  'state-get': {
    args: '[<key>]',
    purpose: 'Print server-side-state value.',
    coverage: 'complete',
    formats: anyFormat,
    flags: { strict: 'bool' },
    run({ context, flags, args: [written = '', ...more] }) {
      needNoMore(more);
      const state = context.state();
      const key = written === '-' ? '' : written;
      if (key === '') {
        return { value: state.size === 0 ? new Nil('map') : Object.fromEntries(state) };
      }
      if (!state.has(key) && flags.bool('strict')) {
        throw new CommandError(`${goQuote(key)} not found`);
      }
      return { value: state.get(key) ?? '' };
    },
  },
  'state-set': {
    args: 'key=value [key=value ...]',
    purpose: 'Set server-side-state values.',
    coverage: 'complete',
    flags: { file: 'string' },
    async run({ context, flags, args, readInput }) {
      const overrides = parseKeyValues(args);
      const file = flags.text('file');
      const values = { ...(file ? await parseSettings(readInput(file, 'stdin')) : {}), ...overrides };
      for (const [key, value] of Object.entries(values)) {
        if (Buffer.byteLength(key) > keyBytes) {
          throw new CommandError(`max allowed key length (${keyBytes}) exceeded quota limit exceeded`);
        }
        if (Buffer.byteLength(value) > valueBytes) {
          throw new CommandError(`max allowed value length (${valueBytes}) exceeded quota limit exceeded`);
        }
        context.setState(key, value);
      }
      return undefined;
    },
  },
  'state-delete': {
    args: '<key>',
    purpose: 'Delete server-side-state key value pairs.',
    coverage: 'complete',
    run({ context, args: [key = '', ...more] }) {
      needNoMore(more);
      if (key !== '') {
        context.setState(key, null);
      }
      return undefined;
    },
  },
};
