import type { Environment } from './environment.ts';

export interface SentrySettings {
  readonly dsn: string;
  readonly release?: string;
  readonly environment?: string;
  /** The share of errors that is reported, 0 to 1. */
  readonly sampleRate: number;
  /** Leave the arguments of activities and workflows out. */
  readonly redactParams: boolean;
}

/** `undefined` when no DSN is set. */
export function readSentry(environment: Environment): SentrySettings | undefined {
  const dsn = environment.parse('sentryDsn', parseDsn);
  const sampleRate = dsn === undefined ? undefined : environment.parse('sentrySampleRate', parseShare);
  const redactParams = dsn === undefined ? undefined : environment.boolean('sentryRedactParams');
  if (dsn === undefined) return undefined;
  const release = environment.get('sentryRelease');
  const name = environment.get('sentryEnvironment');
  return {
    dsn,
    ...(release && { release }),
    ...(name && { environment: name }),
    sampleRate: sampleRate ?? 1,
    redactParams: redactParams ?? false,
  };
}

function parseDsn(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.username || !/^https?:$/.test(url.protocol) || !/\/\d+$/.test(url.pathname)) {
    throw new Error('it is no Sentry DSN (https://<key>@<host>/<project number>)');
  }
  return text;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (!(share >= 0 && share <= 1)) throw new Error('it is not a number from 0 to 1');
  return share;
}
