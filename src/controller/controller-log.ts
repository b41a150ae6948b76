import pino from 'pino';
import type { ControllerLog } from './context.ts';

/**
 * The controller's own log, one JSON object a line, 0600. Written at once: what led to a crash is in it. The error of an
 * `internal error` is reported as well.
 */
export function openControllerLog(file: string, report: (error: unknown) => unknown = () => {}): ControllerLog {
  const destination = pino.destination({ dest: file, append: true, sync: true, mode: 0o600 });
  // On a full disk the line is kept and tried again with the next one; a controller must not end for it.
  destination.on('error', () => {});
  const log = pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: (fields, sentence) => log.info(fields, sentence),
    warn: (fields, sentence) => log.warn(fields, sentence),
    error(fields, sentence) {
      log.error(fields, sentence);
      if (sentence.startsWith('internal error') && 'err' in fields) report(fields.err);
    },
  };
}
