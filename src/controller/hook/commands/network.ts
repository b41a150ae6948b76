import { needNoMore } from '../arguments.ts';
import { anyFormat, type HookCommand } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { goQuote } from '../go-text.ts';
import { Ordered } from '../go-values.ts';

export const networkCommands: Readonly<Record<string, HookCommand>> = {
  'network-get': {
    args: '<binding-name> [--ingress-address] [--bind-address] [--egress-subnets]',
    purpose: 'Get network config.',
    coverage: 'complete',
    formats: anyFormat,
    flags: {
      'primary-address': 'bool',
      'bind-address': 'bool',
      'ingress-address': 'bool',
      'egress-subnets': 'bool',
      r: 'relation',
      relation: '=r',
    },
    run({ context, flags, args: [binding, ...more] }) {
      if (binding === undefined) {
        throw new UsageError('no arguments specified');
      }
      if (binding === '') {
        throw new UsageError('no binding name specified');
      }
      needNoMore(more);
      if (!Object.hasOwn(context.model.endpoints(context.unit), binding)) {
        throw new CommandError(`no network config found for binding ${goQuote(binding)}`);
      }
      const { address, cidr } = context.model.address(context.unit);
      const parts: Readonly<Record<string, unknown>> = {
        'bind-address': address,
        'ingress-address': address,
        'egress-subnets': [`${address}/32`],
      };
      const wanted = Object.keys(parts).filter((key) => flags.bool(key));
      if (flags.bool('primary-address')) {
        if (wanted.length > 0) {
          throw new CommandError('--primary-address must be the only flag specified');
        }
        return { value: address };
      }
      if (wanted.length === 1) {
        return { value: parts[wanted[0]!] };
      }
      return {
        value: wanted.length > 0 ? Object.fromEntries(wanted.map((key) => [key, parts[key]])) : allOf(address, cidr),
      };
    },
  },
  'unit-get': {
    args: '<setting>',
    purpose: 'Print public-address or private-address.',
    coverage: 'complete',
    formats: anyFormat,
    run({ context, args: [setting, ...more] }) {
      if (setting === undefined) {
        throw new UsageError('no setting specified');
      }
      if (setting !== 'private-address' && setting !== 'public-address') {
        throw new UsageError(`unknown setting ${goQuote(setting)}`);
      }
      needNoMore(more);
      return { value: context.model.address(context.unit).address };
    },
  },
};

/** In Juju's YAML three values stand twice, under an older name as well. */
function allOf(address: string, cidr: string): Ordered {
  const bound = new Ordered([
    ['hostname', ''],
    ['value', address],
    ['cidr', cidr],
    ['address', address, 'yaml'],
  ]);
  const device = new Ordered([
    ['mac-address', ''],
    ['interface-name', ''],
    ['addresses', [bound]],
    ['macaddress', '', 'yaml'],
    ['interfacename', '', 'yaml'],
  ]);
  return new Ordered([
    ['bind-addresses', [device]],
    ['egress-subnets', [`${address}/32`]],
    ['ingress-addresses', [address]],
  ]);
}
