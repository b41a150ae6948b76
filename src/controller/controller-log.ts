import pino from 'pino';
import type { ControllerLog } from './context.ts';

/** The controller's own log, one JSON object a line, 0600. Written at once: what led to a crash is in it. */
export function openControllerLog(file: string): ControllerLog {
  const destination = pino.destination({ dest: file, append: true, sync: true, mode: 0o600 });
  return pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
