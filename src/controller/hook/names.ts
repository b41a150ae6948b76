import { randomBytes } from 'node:crypto';
import { UsageError } from './command-error.ts';
import { goQuote } from './go-text.ts';

const applicationName = /^[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*$/;
const unitName = /^([a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*)\/(?:0|[1-9][0-9]*)$/;

export function isApplicationName(text: string): boolean {
  return applicationName.test(text);
}

export function isUnitName(text: string): boolean {
  return unitName.test(text);
}

/** `w/0` -> `w`. */
export function applicationOf(unit: string): string {
  return unit.slice(0, unit.indexOf('/'));
}

/** `w` -> `application-w`, `w/0` -> `unit-w-0`, as Juju writes an entity's tag. */
export function tagOf(entity: string): string {
  return entity.includes('/') ? `unit-${entity.replace('/', '-')}` : `application-${entity}`;
}

/** A secret's id out of `secret:<id>`, `<id>` or `secret://<model uuid>/<id>`; wrong ones are a usage error in Juju's words. */
export function parseSecretId(text: string): string {
  const match = /^(?:secret:(?:\/\/)?)?(?:[0-9a-f-]{36}\/)?([0-9a-z]{20})$/.exec(text);
  if (!match) {
    throw new UsageError(`secret URI ${goQuote(text)} not valid`);
  }
  return match[1]!;
}

/** `parseSecretId` for an argument that has to be there. */
export function wantedSecret(argument: string | undefined): string {
  if (argument === undefined) {
    throw new UsageError('missing secret URI');
  }
  return parseSecretId(argument);
}

/** A new secret id: 20 characters of base32hex, the first ones from the time, so that ids sort by age. */
export function newSecretId(): string {
  const bytes = randomBytes(12);
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000));
  let bits = BigInt(`0x${bytes.toString('hex')}`) << 4n;
  let text = '';
  for (let i = 0; i < 20; i++) {
    text = (bits & 31n).toString(32) + text;
    bits >>= 5n;
  }
  return text;
}
