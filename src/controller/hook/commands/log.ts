import type { HookCommand } from '../command.ts';
import { UsageError } from '../command-error.ts';
import { goQuote } from '../go-text.ts';

const levels: Readonly<Record<string, string>> = {
  TRACE: 'TRACE',
  DEBUG: 'DEBUG',
  INFO: 'INFO',
  WARN: 'WARNING',
  WARNING: 'WARNING',
  ERROR: 'ERROR',
  CRITICAL: 'CRITICAL',
};

export const logCommands: Readonly<Record<string, HookCommand>> = {
  'juju-log': {
    args: '<message>',
    purpose: 'Write a message to the juju log.',
    coverage: 'complete',
    flags: { debug: 'bool', l: 'string', 'log-level': '=l', format: 'string' },
    run({ context, flags, args }) {
      if (args.length === 0) {
        throw new UsageError('no message specified');
      }
      const module = `unit.${context.unit}.juju-log`;
      const { relation } = context.event;
      const prefix = relation ? `${relation.endpoint}:${relation.id}: ` : '';
      const wanted = flags.text('l') || 'INFO';
      const known = levels[wanted.toUpperCase()];
      if (known === undefined && !flags.bool('debug')) {
        context.log('WARNING', module, `Specified log level of ${goQuote(wanted)} is not valid`);
      }
      context.log(flags.bool('debug') ? 'DEBUG' : (known ?? 'INFO'), module, `${prefix}${args.join(' ')}`);
      return flags.text('format') ? { warning: '--format flag deprecated for command "juju-log"' } : undefined;
    },
  },
};
