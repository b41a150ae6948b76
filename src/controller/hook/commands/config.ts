import { needNoMore } from '../arguments.ts';
import { anyFormat, type HookCommand } from '../command.ts';
import { UsageError } from '../command-error.ts';
import { goQuote } from '../go-text.ts';

export const configCommands: Readonly<Record<string, HookCommand>> = {
  'config-get': {
    args: '[<key>]',
    purpose: 'Print application configuration.',
    coverage: 'complete',
    formats: anyFormat,
    flags: { a: 'bool', all: '=a' },
    run({ context, flags, args: [key = '', ...more] }) {
      if (key !== '' && flags.bool('a')) {
        throw new UsageError(`cannot use argument --all together with key ${goQuote(key)}`);
      }
      needNoMore(more);
      const config = new Map(Object.entries(context.config()));
      if (key !== '') {
        return { value: config.get(key) ?? null };
      }
      return { value: Object.fromEntries([...config].filter(([, value]) => flags.bool('a') || value !== null)) };
    },
  },
};
