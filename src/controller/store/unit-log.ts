import { logFilter } from '../config/logging-config.ts';
import type { LogStore } from './log.ts';
import { type Model, now, readModelConfig } from './models.ts';
import { unitTag } from './secrets.ts';

/** A line of the unit's own agent, as Juju's would write it. */
export function writeUnitLog(
  { model, logs }: { readonly model: Model; readonly logs: LogStore },
  unit: string,
  level: string,
  module: string,
  message: string,
): void {
  if (!logFilter(readModelConfig(model)['logging-config']!)(module, level)) return;
  logs.append(model.uuid, { time: now(), entity: unitTag(unit), level, module, message });
}
