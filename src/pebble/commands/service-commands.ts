import { expectArguments, UsageError } from './arguments.ts';
import { type CommandContext, type CommandResult, type PebbleCommand, printed } from './command.ts';

const waitOption = { noWait: { long: 'no-wait' } };

/** The commands that change what runs. */
export const serviceCommands: Readonly<Record<string, PebbleCommand>> = {
  autostart: {
    summary: 'Start services set to start by default',
    usage: 'pebble autostart [--no-wait]',
    options: waitOption,
    async run(args, context) {
      expectArguments(args, []);
      return waitFor(await context.client.autostart(), args.has('noWait'), context);
    },
  },
  start: servicesCommand('start', 'Start a service and its dependencies'),
  stop: servicesCommand('stop', 'Stop a service and its dependents'),
  restart: servicesCommand('restart', 'Restart a service'),
  replan: {
    summary: 'Ensure running services and checks match the current plan',
    usage: 'pebble replan [--no-wait]',
    options: waitOption,
    async run(args, context) {
      return waitFor(await context.client.replan(), args.has('noWait'), context);
    },
  },
  signal: {
    summary: 'Send a signal to one or more running services',
    usage: 'pebble signal <SIGNAL> <service>...',
    options: {},
    async run(args, { client }) {
      expectArguments(args, ['SIGNAL', 'service'], { atMost: Number.POSITIVE_INFINITY });
      const [signal = '', ...services] = args.positional;
      if (signal !== signal.toUpperCase()) throw new UsageError('signal name must be uppercase, for example HUP');
      await client.sendSignal(signal.startsWith('SIG') ? signal : `SIG${signal}`, services);
      return printed('');
    },
  },
  'start-checks': checksCommand('startChecks', 'Start one or more checks', 'started', 'already started'),
  'stop-checks': checksCommand('stopChecks', 'Stop one or more checks', 'stopped', 'already stopped'),
};

function servicesCommand(action: 'start' | 'stop' | 'restart', summary: string): PebbleCommand {
  return {
    summary,
    usage: `pebble ${action} [--no-wait] <service>...`,
    options: waitOption,
    async run(args, context) {
      expectArguments(args, ['service'], { atMost: Number.POSITIVE_INFINITY });
      return waitFor(await context.client[action](args.positional), args.has('noWait'), context);
    },
  };
}

function checksCommand(
  call: 'startChecks' | 'stopChecks',
  summary: string,
  done: string,
  already: string,
): PebbleCommand {
  return {
    summary,
    usage: `pebble ${call === 'startChecks' ? 'start' : 'stop'}-checks <check>...`,
    options: {},
    async run(args, { client }) {
      expectArguments(args, ['check'], { atMost: Number.POSITIVE_INFINITY });
      const changed = await client[call](args.positional);
      return printed(changed.length > 0 ? `Checks ${done}: ${changed.join(', ')}\n` : `Checks ${already}.\n`);
    },
  };
}

/** Waits for a change as Pebble's own client does; what went wrong is the command's error. */
async function waitFor(id: string, noWait: boolean, { client }: CommandContext): Promise<CommandResult> {
  if (noWait) return printed(`${id}\n`);
  const change = await client.waitChange(id);
  if (change.status === 'Done') return printed('');
  throw new UsageError(change.err ?? `change finished in status "${change.status}" with no error message`);
}
