import { BlockList, isIP } from 'node:net';
import type { Databag } from '../../hookcmds/index.ts';

/** A unit's wish for a way into its application's store. */
export interface StoreRequest {
  readonly relationId: string;
  readonly application: string;
  /** `temporal-worker-k8s/0`. */
  readonly unit: string;
  /** `charm-<application>-<suffix>`: the store, a KV version 2 mount. */
  readonly mount: string;
  /** From where the unit calls, sorted. */
  readonly ranges: readonly string[];
  /** By which the unit finds what it was given. */
  readonly nonce: string;
}

/**
 * Reads what a unit and its application wrote; undefined while something is still to come. `problem` is why it cannot be
 * served.
 */
export function parseRequest(from: {
  readonly relationId: string;
  readonly application: string;
  readonly unit: string;
  readonly applicationBag: Databag;
  readonly unitBag: Databag;
}): StoreRequest | { readonly problem: string } | undefined {
  const { relationId, application, unit, applicationBag, unitBag } = from;
  const { mount_suffix: suffix = '' } = applicationBag;
  const { egress_subnet: subnets = '', nonce = '' } = unitBag;
  if (suffix === '' || subnets === '' || nonce === '') return undefined;
  // It becomes part of paths and of a policy's text.
  if (!/^[\w.-]+$/.test(suffix)) {
    return {
      problem: `cannot make a store for ${application}: mount_suffix ${JSON.stringify(suffix)} (letters, digits, . _ -)`,
    };
  }
  const ranges = [...new Set(subnets.split(',').map((range) => range.trim()))].sort();
  const wrong = ranges.find((range) => !isRange(range));
  if (wrong !== undefined) {
    return { problem: `cannot let ${unit} in: egress_subnet ${JSON.stringify(wrong)} (a range such as 10.1.2.3/32)` };
  }
  return { relationId, application, unit, mount: `charm-${application}-${suffix}`, ranges, nonce };
}

/** What the unit's policy and role in Vault are called. */
export const roleOf = ({ mount, unit }: Pick<StoreRequest, 'mount' | 'unit'>): string =>
  `${mount}-${unit.replace('/', '-')}`;

function isRange(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}
