import { readFileSync, statSync } from 'node:fs';
import type { SecretInput } from '../../controller/secrets-api.ts';
import { usageError } from '../failure.ts';
import { readInput, userPath } from '../input-file.ts';
import { readStdin } from '../io.ts';
import type { Invocation } from '../verb.ts';

/** Juju reads no larger file for a secret. */
const maxBytes = 1000 * 1000;

/**
 * What `key=value`, `key#base64=…` and `key#file=…` words and `--file` say, with every file read, `-` being stdin. Values
 * never occur in an error, and no process is started with them.
 */
export async function secretInput(call: Invocation, words: readonly string[]): Promise<SecretInput> {
  const read = words.map((word) => withoutFile(word, call.cwd));
  const file = call.options.file;
  if (typeof file !== 'string') return { words: read };
  const yaml = file === '-' ? await readStdin(call) : readInput('secret file', file, call.cwd);
  refuseLarge(file, Buffer.byteLength(yaml));
  return { words: read, yaml };
}

/** `key#file=path` becomes `key#base64=content`. */
function withoutFile(word: string, cwd: string): string {
  const match = /^([^=]*)#file=(.+)$/s.exec(word);
  if (!match) return word;
  const [, key = '', file = ''] = match;
  const path = userPath(file, cwd);
  try {
    refuseLarge(path, statSync(path).size);
    return `${key}#base64=${readFileSync(path).toString('base64')}`;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === undefined) throw cause;
    throw usageError(`reading content for secret key ${JSON.stringify(key)}: open ${path}: ${reason(code)}`);
  }
}

function refuseLarge(path: string, bytes: number): void {
  if (bytes > maxBytes) throw usageError(`secret content in file ${JSON.stringify(path)} too large: ${bytes} bytes`);
}

function reason(code: string): string {
  const known: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
  };
  return known[code] ?? code;
}
