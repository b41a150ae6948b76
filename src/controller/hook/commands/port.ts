import { needNoMore } from '../arguments.ts';
import { anyFormat, type HookCommand } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { HookContext } from '../context.ts';
import { goAtoi, goQuote } from '../go-text.ts';

const portArgs = '<port>[/<protocol>] or <from>-<to>[/<protocol>] or icmp';

export const portCommands: Readonly<Record<string, HookCommand>> = {
  'open-port': portCommand('opened', 'Register a request to open a port or port range.'),
  'close-port': portCommand('closed', 'Register a request to close a port or port range.'),
  'opened-ports': {
    args: '',
    purpose: 'List all ports or port ranges opened by the unit.',
    coverage: 'complete',
    formats: anyFormat,
    flags: { endpoints: 'bool' },
    run({ context, flags, args }) {
      needNoMore(args);
      const endpoints = new Map<string, string[]>();
      for (const text of context.ports()) {
        const [, range = text, endpoint = ''] = /^(\S+) \((.*)\)$/.exec(text) ?? [];
        endpoints.set(range, [...(endpoints.get(range) ?? []), endpoint]);
      }
      const sorted = [...endpoints].sort(([a], [b]) => order(a, b));
      return {
        value: sorted.map(([range, names]) => {
          const all = names.includes('') ? '*' : names.sort().join(', ');
          return flags.bool('endpoints') ? `${range} (${all})` : range;
        }),
      };
    },
  },
};

function portCommand(change: 'opened' | 'closed', purpose: string): HookCommand {
  const command = change === 'opened' ? 'open-port' : 'close-port';
  return {
    args: portArgs,
    purpose,
    coverage: 'complete',
    note: 'As on Kubernetes, a range of ports is refused.',
    flags: { endpoints: 'string', format: 'string' },
    run({ context, flags, args: [port, ...more] }) {
      if (port === undefined) {
        throw new UsageError('no port or range specified');
      }
      const range = parsePortRange(port.toLowerCase());
      needNoMore(more);
      if (range.includes('-')) {
        throw new CommandError('port ranges are not supported for k8s applications');
      }
      for (const endpoint of (flags.text('endpoints') ?? '').split(',').map((name) => name.trim())) {
        needEndpoint(context, endpoint);
        context.setPort(endpoint === '' ? range : `${range} (${endpoint})`, change);
      }
      return flags.text('format') ? { warning: `--format flag deprecated for command "${command}"` } : undefined;
    },
  };
}

function needEndpoint(context: HookContext, endpoint: string): void {
  if (endpoint !== '' && !Object.hasOwn(context.model.endpoints(context.unit), endpoint)) {
    throw new CommandError(`endpoint ${goQuote(endpoint)} not found`);
  }
}

/** `80` -> `80/tcp`; refusals in the words of juju/core/network. */
export function parsePortRange(text: string): string {
  const slash = text.indexOf('/');
  const ports = slash < 0 ? text : text.slice(0, slash);
  const protocol = slash < 0 ? 'tcp' : text.slice(slash + 1);
  if (ports === 'icmp') {
    return 'icmp';
  }
  const bounds = ports.split('-');
  if (bounds.length > 2) {
    throw new UsageError(`invalid port range ${goQuote(ports)}`);
  }
  const [from, to = from] = bounds.map((bound) => {
    const port = goAtoi(bound);
    if (port === null) {
      throw new UsageError(`invalid port ${goQuote(bound)}: strconv.Atoi: parsing ${goQuote(bound)}: invalid syntax`);
    }
    return port;
  }) as [number, number?];
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'icmp') {
    throw new UsageError(`invalid protocol ${goQuote(protocol)}, expected "tcp", "udp", or "icmp"`);
  }
  if (protocol === 'icmp') {
    throw new UsageError(`protocol "icmp" doesn't support any ports; got "${from}"`);
  }
  if (from > to!) {
    throw new UsageError(`invalid port range ${from}-${to}/${protocol}`);
  }
  if (from < 0 || to! > 65535) {
    throw new UsageError(`port range bounds must be between 0 and 65535, got ${from}-${to}`);
  }
  return from === to ? `${from}/${protocol}` : `${from}-${to}/${protocol}`;
}

/** By protocol, then by number. */
function order(a: string, b: string): number {
  const [portA = '', protocolA = a] = a.split('/');
  const [portB = '', protocolB = b] = b.split('/');
  return protocolA === protocolB ? Number(portA) - Number(portB) : protocolA < protocolB ? -1 : 1;
}
