import { basename } from 'node:path';
import * as Sentry from '@sentry/node';

const patienceMs = 2000;

/**
 * Sends one event: the error's kind, what was tried, and where in the code. Everything else an error or a process could
 * tell (messages of others, arguments, environment, host, requests, lines of source) may hold a secret and is left out.
 */
export async function sendToSentry(error: unknown, of: { readonly dsn: string; readonly part: string }): Promise<void> {
  Sentry.init({
    dsn: of.dsn,
    defaultIntegrations: false,
    enableRuntimeChannelInjection: false,
    beforeSend: (event) => ({
      type: event.type,
      ...(event.event_id && { event_id: event.event_id }),
      ...(event.timestamp && { timestamp: event.timestamp }),
      platform: 'node',
      level: 'fatal',
      tags: { part: of.part },
      exception: { values: (event.exception?.values ?? []).map(scrubbed) },
    }),
  });
  Sentry.captureException(error);
  await Sentry.close(patienceMs);
}

function scrubbed({ type, value, stacktrace }: Sentry.Exception): Sentry.Exception {
  const frames = (stacktrace?.frames ?? []).map(({ filename, function: name, lineno, colno }) => ({
    ...(filename && { filename: basename(filename) }),
    ...(name && { function: name }),
    ...(lineno && { lineno }),
    ...(colno && { colno }),
  }));
  return { ...(type && { type }), value: constantPart(value ?? ''), stacktrace: { frames } };
}

/** Our messages are `cannot <what>: <found>` and `internal error: …`; what was tried is known, what was found is not told. */
function constantPart(message: string): string {
  const [, tried] = /^(cannot [\w -]+|internal error)(?=[:\s]|$)/.exec(message) ?? [];
  return tried === undefined ? '<left out>' : `${tried}: <left out>`;
}
