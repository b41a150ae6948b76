import { UsageError } from '../command-error.ts';
import { goDurationMs, goQuote } from '../go-text.ts';
import { parseSettings } from '../settings-file.ts';

const keyRule = /^[a-z](?:-?[a-z0-9]){2,}$/;
/** Juju's limit for one secret, in base64: what every place that it can keep secrets in accepts. */
const contentBytes = 1000 * 1000;

export const rotatePolicies: readonly string[] = [
  'never',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'quarterly',
  'yearly',
];

/**
 * The content that `key=value`, `key#base64=…` and `key#file=…` arguments and a `--file` give, in base64 as it is stored.
 * What the file has wins, as in Juju's code. Wrong keys are usage errors in Juju's words.
 */
export async function parseContent(
  args: readonly string[],
  file: string | undefined,
  read: { readonly text: (path: string) => string; readonly bytes: (path: string) => Buffer },
): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const arg of args) {
    // Padding of base64 at the end is no separator.
    const equals = arg.replace(/=+$/, '').indexOf('=');
    const split = equals >= 0 ? equals : arg.indexOf('=');
    if (split < 1) {
      throw new UsageError(`key value ${goQuote(arg)} not valid`);
    }
    addValue(content, arg.slice(0, split), arg.slice(split + 1), read.bytes);
  }
  if (file) {
    for (const [key, value] of Object.entries(await parseSettings(read.text(file)))) {
      addValue(content, key, value, read.bytes);
    }
  }
  for (const [key, { length }] of Object.entries(content)) {
    if (length > contentBytes) {
      throw new UsageError(`base64 encoded secret content for key ${goQuote(key)} too large: ${length} bytes`);
    }
  }
  const size = Object.values(content).reduce((sum, value) => sum + value.length, 0);
  if (size > contentBytes) {
    throw new UsageError(`base64 encoded secret content too large: ${size} bytes`);
  }
  return content;
}

function addValue(
  content: Record<string, string>,
  written: string,
  value: string,
  readBytes: (path: string) => Buffer,
): void {
  const [, key = written, suffix] = /^(.*?)(#base64|#file)?$/s.exec(written) ?? [];
  if (!keyRule.test(key)) {
    throw new UsageError(`key ${goQuote(key)} not valid`);
  }
  if (suffix === '#base64') {
    if (Buffer.from(value, 'base64').toString('base64').replace(/=+$/, '') !== value.replace(/=+$/, '')) {
      throw new UsageError(`base64 value of key ${goQuote(key)} not valid`);
    }
    content[key] = Buffer.from(value, 'base64').toString('base64');
  } else {
    content[key] = (suffix === '#file' ? readBytes(value) : Buffer.from(value)).toString('base64');
  }
}

/** `--expire`: a time (RFC 3339, the zone may be missing) or a duration from now; the answer is RFC 3339 in UTC. */
export function parseExpiry(text: string, now: Date): string {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (time) {
    const date = new Date(time[2] === undefined ? `${text}Z` : text);
    if (!Number.isNaN(date.getTime())) {
      return date.toISOString();
    }
  }
  const duration = goDurationMs(text);
  if (duration === null) {
    throw new UsageError(`expire time or duration ${goQuote(text)} not valid`);
  }
  if (duration <= 0) {
    throw new UsageError(`negative expire duration ${goQuote(text)} not valid`);
  }
  return new Date(now.getTime() + duration).toISOString();
}
