import type { IncomingMessage } from 'node:http';
import type { Identities } from './identities-calls.ts';
import { fitsSha512Crypt } from './sha512-crypt.ts';

/** Does the request carry the name and password of a basic identity whose access is `metrics`? Others go by TCP in vain, as in Pebble. */
export function hasMetricsIdentity(identities: Identities, request: IncomingMessage): boolean {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(request.headers.authorization ?? '') ?? [];
  const [, name = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  const identity = identities.get(name);
  const hash = identity?.access === 'metrics' ? identity.basic?.password : undefined;
  return hash !== undefined && fitsSha512Crypt(password, hash);
}
