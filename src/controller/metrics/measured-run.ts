import type { Context } from '../context.ts';
import type { HookEvent } from '../hook/event.ts';
import { type HookOutcome, type HookRun, runHook } from '../hook/run.ts';
import type { UnitRecord } from '../store/units.ts';
import { applicationLabels, unitLabels } from './labels.ts';

/** `runHook`, with its outcome counted, its time taken, and its hook commands too. */
export async function measuredRun(context: Context, unit: UnitRecord, run: HookRun): Promise<HookOutcome> {
  const { measures, model } = context;
  const application = applicationLabels(model, unit);
  const labels = unitLabels(model, unit);
  const event = eventName(run.event);
  const began = performance.now();
  const note = (outcome: string): void => {
    measures.count('charmlet_dispatches_total', { ...labels, event, outcome });
    const seconds = (performance.now() - began) / 1000;
    measures.observe('charmlet_dispatch_duration_seconds', { ...application, event }, seconds);
  };
  const onCommand: HookRun['onCommand'] = (command, exitCode, seconds) => {
    measures.count('charmlet_hook_commands_total', { ...application, command, exit_code: String(exitCode) });
    measures.observe('charmlet_hook_command_duration_seconds', { command }, seconds);
  };
  try {
    const outcome = await runHook({ ...run, onCommand });
    note(outcome.kind === 'action' ? (outcome.status === 'completed' ? 'ok' : 'failed') : outcome.kind);
    return outcome;
  } catch (error) {
    note('failed');
    throw error;
  }
}

/** A hook's own name; `restart-action`; `juju-exec` for a command. */
function eventName(event: HookEvent): string {
  if (event.action) return `${event.action.name}-action`;
  return event.exec ? 'juju-exec' : event.hook;
}
