import type { LogStore } from './log.ts';
import { now } from './models.ts';
import { unitTag } from './secrets.ts';

/** A line of the unit's own agent, as Juju's would write it. */
export function writeUnitLog(logs: LogStore, unit: string, level: string, module: string, message: string): void {
  logs.append({ time: now(), entity: unitTag(unit), level, module, message });
}
