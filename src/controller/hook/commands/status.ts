import { needNoMore } from '../arguments.ts';
import { anyFormat, type HookCommand } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { goQuote } from '../go-text.ts';
import type { StatusRecord } from '../model.ts';

const settable = ['maintenance', 'blocked', 'waiting', 'active'];

export const statusCommands: Readonly<Record<string, HookCommand>> = {
  'status-get': {
    args: '[--include-data] [--application]',
    purpose: 'Print status information.',
    coverage: 'complete',
    formats: anyFormat,
    flags: { 'include-data': 'bool', application: 'bool' },
    run({ context, flags, args, format }) {
      needNoMore(args);
      const withData = flags.bool('include-data');
      const short = !withData && format === 'smart';
      if (!flags.bool('application')) {
        const status = context.model.unitStatus(context.unit);
        return { value: short ? status.status : details(status, withData) };
      }
      if (!context.isLeader()) {
        throw new CommandError('finding application status: this unit is not the leader');
      }
      const status = context.model.applicationStatus(context.application);
      const units = context.model.units(context.application);
      return {
        value: short
          ? status.status
          : {
              'application-status': {
                ...details(status, withData),
                units: Object.fromEntries(units.map((unit) => [unit.name, details(unit.status, withData)])),
              },
            },
      };
    },
  },
  'status-set': {
    args: '<maintenance | blocked | waiting | active> [message]',
    purpose: 'Set status information.',
    coverage: 'complete',
    flags: { application: 'bool' },
    run({ context, flags, args: [name, message = '', ...more] }) {
      if (name === undefined) {
        throw new UsageError('invalid args, require <status> [message]');
      }
      if (!settable.includes(name)) {
        throw new UsageError(`invalid status ${goQuote(name)}, expected one of [${settable.join(' ')}]`);
      }
      needNoMore(more);
      const status = { status: name, message, data: {}, since: new Date().toISOString() };
      if (flags.bool('application')) {
        context.needLeader();
        context.model.setApplicationStatus(context.application, status);
      } else {
        context.model.setUnitStatus(context.unit, status);
      }
      return undefined;
    },
  },
  'application-version-set': {
    args: '<new-version>',
    purpose: 'Specify which version of the application is deployed.',
    coverage: 'complete',
    run({ context, args: [version, ...more] }) {
      if (version === undefined) {
        throw new UsageError('no version specified');
      }
      needNoMore(more);
      context.model.setWorkloadVersion(context.unit, version);
      return undefined;
    },
  },
};

function details(status: StatusRecord, withData: boolean): Record<string, unknown> {
  return withData
    ? { status: status.status, message: status.message, 'status-data': status.data }
    : { status: status.status };
}
