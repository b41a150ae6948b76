import { readFile } from 'node:fs/promises';
import type { ControllerLog } from '../context.ts';
import type { Model } from '../store/models.ts';
import { interruptedEvents, queueEvent, ranks, requeue } from '../store/queue.ts';
import { endTask, unfinishedTasks } from '../store/tasks.ts';
import { listUnits } from '../store/units.ts';
import { rest } from './rest.ts';
import { endStaleDispatches } from './stale-dispatches.ts';

/**
 * What a controller that was killed, or a machine that was switched off, has left: dispatches nobody waits for are
 * ended, the events they were for are queued again, and actions that were running have failed. After a reboot every
 * unit is told config-changed and start, as on Kubernetes when its pod has come back.
 */
export async function recover(model: Model, log: ControllerLog): Promise<void> {
  const ended = await endStaleDispatches({ modelUuid: model.uuid });
  if (ended.length > 0) log.warn({ pids: ended }, 'ended dispatches of a controller that is gone');
  const boot = await readBootId();
  model.db.transact(() => {
    for (const event of interruptedEvents(model)) {
      log.info({ event: event.id, hook: event.event.hook }, 'an event that was interrupted is queued again');
      requeue(model, event.id);
    }
    for (const task of unfinishedTasks(model)) {
      if (task.status !== 'pending')
        endTask(model, task.id, {
          status: task.status === 'aborting' ? 'aborted' : 'failed',
          message: 'action terminated',
        });
    }
    for (const unit of listUnits(model)) {
      if (unit.agent.status === 'executing') rest(model, unit.id);
      if (unit.boot === boot) continue;
      model.db.run('UPDATE units SET boot = ? WHERE id = ?', boot, unit.id);
      if (unit.boot === '' || !unit.started || unit.life === 'dying') continue;
      model.db.run("UPDATE units SET started = 0, config_hash = '' WHERE id = ?", unit.id);
      queueEvent(model, unit.id, ranks.configChanged, { hook: 'config-changed' });
      queueEvent(model, unit.id, ranks.start, { hook: 'start' });
    }
  });
}

/** Differs after every boot of the machine; where the kernel does not tell, none is ever noticed. */
export async function readBootId(): Promise<string> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown');
  return text.trim();
}
