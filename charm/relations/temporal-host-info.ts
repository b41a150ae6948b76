import { defaultPort, type HostPort } from '../host.ts';
import { type Problem, waitingFor } from '../problem.ts';
import type { Relations } from './facts.ts';

/** Where the related server is; `tls` when it says that it speaks TLS. */
export type HostInfo =
  | { readonly kind: 'none' }
  | { readonly kind: 'told'; readonly address: HostPort; readonly tls: boolean }
  | { readonly kind: 'waiting'; readonly problem: Problem };

/** Reads the databag of interface `temporal-host-info`: `host`, `port` and, in its later form, `tls`. */
export function hostInfo({ hostInfo: relation }: Pick<Relations, 'hostInfo'>): HostInfo {
  if (relation === null) return { kind: 'none' };
  const { host = '', port = '', tls = '' } = relation.data;
  const number = port === '' ? defaultPort : /^\d{1,5}$/.test(port) ? Number(port) : 0;
  const waiting = (why: string) =>
    ({
      kind: 'waiting',
      problem: waitingFor(`waiting for temporal-host-info: ${relation.application} ${why}`),
    }) as const;
  if (host.trim() === '') return waiting('has not told its host yet');
  if (/[\s/@?#]/.test(host) || number < 1 || number > 65535)
    return waiting(`told an address that is none: host ${JSON.stringify(host)}, port ${JSON.stringify(port)}`);
  return { kind: 'told', address: { host, port: number }, tls: tls.toLowerCase() === 'true' };
}
