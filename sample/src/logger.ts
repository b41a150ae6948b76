import { inspect } from 'node:util';
import { DefaultLogger } from '@temporalio/worker';
import type { Settings } from './settings.ts';

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

/** One line per entry on stderr: `2026-01-31T12:00:00.000Z [INFO] greeting workflowId=greeting-1 name=Ada`. */
export function lineLogger(level: Settings['logLevel']): DefaultLogger {
  return new DefaultLogger(level, ({ level, timestampNanos, message, meta }) => {
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    const fields = Object.entries(meta ?? {})
      .filter(([key]) => !noise.has(key))
      .map(
        ([key, value]) => ` ${key}=${typeof value === 'string' ? value : inspect(value, { breakLength: Infinity })}`,
      );
    process.stderr.write(`${time} [${level}] ${message}${fields.join('')}\n`);
  });
}
