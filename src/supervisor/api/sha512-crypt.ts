import { createHash, timingSafeEqual } from 'node:crypto';

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const defaultRounds = 5000;
/** The most that is reckoned with: a hash with more would keep the daemon busy for seconds at each scrape. */
const mostRounds = 100_000;

/**
 * Is `hash` (`$6$[rounds=<n>$]<salt>$<digest>`, as `openssl passwd -6` and crypt(3) make it) one of the password? False
 * for a hash of another kind.
 */
export function fitsSha512Crypt(password: string, hash: string): boolean {
  const [, rounds, salt = '', digest = ''] =
    /^\$6\$(?:rounds=(\d+)\$)?([^$]{0,16})[^$]*\$([./0-9A-Za-z]{86})$/.exec(hash) ?? [];
  const turns = rounds === undefined ? defaultRounds : Math.max(1000, Number(rounds));
  if (digest === '' || turns > mostRounds) return false;
  const found = encode(sha512Crypt(Buffer.from(password), Buffer.from(salt), turns));
  return timingSafeEqual(Buffer.from(found), Buffer.from(digest));
}

/** Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512", whose steps have these letters. */
function sha512Crypt(password: Buffer, salt: Buffer, rounds: number): Buffer {
  const b = sha512(password, salt, password);
  const a: Buffer[] = [password, salt, repeated(b, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) a.push(bits & 1 ? b : password);
  let c = sha512(...a);
  const p = repeated(sha512(...Array<Buffer>(password.length).fill(password)), password.length);
  const s = repeated(sha512(...Array<Buffer>(16 + (c[0] ?? 0)).fill(salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    c = sha512(odd ? p : c, ...(round % 3 === 0 ? [] : [s]), ...(round % 7 === 0 ? [] : [p]), odd ? c : p);
  }
  return c;
}

function sha512(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function repeated(block: Buffer, length: number): Buffer {
  return Buffer.alloc(length, block);
}

/** Three bytes at a time, in the order of the format, six bits a letter, the lowest first. */
function encode(digest: Buffer): string {
  const byte = (at: number): number => digest[at] ?? 0;
  let text = '';
  const add = (value: number, letters: number): void => {
    for (let n = 0; n < letters; n++) text += alphabet[(value >> (6 * n)) & 63];
  };
  for (let i = 0; i < 21; i++) {
    const at = [i, i + 21, i + 42];
    const [x = 0, y = 0, z = 0] = [0, 1, 2].map((turn) => byte(at[(turn + i) % 3] ?? 0));
    add((x << 16) | (y << 8) | z, 4);
  }
  add(byte(63), 2);
  return text;
}
