import { inspect } from 'node:util';
import { DefaultLogger, type Logger } from '@temporalio/worker';
import { scrub } from './scrub.ts';
import type { LogLevel } from './settings/settings.ts';

/** What the SDK adds to every entry and nobody reads in a worker of one queue. */
const noise = new Set([
  'sdkComponent',
  'taskQueue',
  'namespace',
  'taskToken',
  'isLocal',
  'activityId',
  'workflowRunId',
]);

/**
 * One line per entry on stderr: `2026-01-31T12:00:00.000Z [INFO] greeting workflowId=greeting-1 name=Ada`. The given
 * secrets never get there, not even in an error that quotes one.
 */
export function lineLogger(level: LogLevel, secrets: readonly string[] = []): Logger {
  return new DefaultLogger(level, ({ level, timestampNanos, message, meta }) => {
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    const fields = Object.entries(meta ?? {})
      .filter(([key, value]) => !noise.has(key) && value !== undefined)
      .map(
        ([key, value]) => ` ${key}=${typeof value === 'string' ? value : inspect(value, { breakLength: Infinity })}`,
      );
    const line = scrub(`${message}${fields.join('')}`, secrets, '<secret>');
    process.stderr.write(`${time} [${level}] ${line}\n`);
  });
}
