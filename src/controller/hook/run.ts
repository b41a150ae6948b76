import { randomBytes } from 'node:crypto';
import type { Companion, CompanionUnit } from '../companion.ts';
import { actionResults } from './action-results.ts';
import { findCharmProgram } from './charm-program.ts';
import { HookContext } from './context.ts';
import { hookEnvironment } from './environment.ts';
import type { HookEvent } from './event.ts';
import { type CommandObserver, hookCommandRunner } from './execute.ts';
import { openTools } from './in-process-tools.ts';
import { CommitRefused, type HookModel } from './model.ts';
import { type ProcessEnd, runCharmProcess, signalText } from './process.ts';
import type { HookServer } from './server.ts';

/** One event for one unit. The caller sees to it that a unit has at most one run at a time. */
export interface HookRun {
  readonly model: HookModel;
  /** `app/0`. */
  readonly unit: string;
  readonly event: HookEvent;
  readonly how: ProcessHost | CompanionHost;
  /** Ends the run: the process group gets SIGTERM, SIGKILL after 5 s. */
  readonly signal?: AbortSignal;
  /** The pid of the charm's process, which leads a process group of its own; not called for a companion. */
  readonly onStart?: (pid: number) => void;
  /** Each `action-log` line as it comes; it has been given to `HookModel.appendTaskLog` already. */
  readonly onTaskLog?: (line: string) => void;
  readonly onCommand?: CommandObserver;
}

/** The charm is a program: `dispatch`, or a hook's or action's own file. */
export interface ProcessHost {
  readonly kind: 'process';
  /** The unit's own copy of the charm. */
  readonly charmDir: string;
  readonly server: HookServer;
  /** `CHARM_CONTAINERS_DIR`: where `<container>/pebble.socket` is found. */
  readonly containersDir: string;
  /** `JUJU_VERSION`. */
  readonly jujuVersion: string;
  /** More variables, for example `NODE_COMPILE_CACHE`; they never replace one of Juju's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Puts the way into the unit's own view of the file system before a command that runs in `cwd`. */
  readonly enter?: ((argv: readonly string[], cwd: string) => readonly [string, ...string[]]) | undefined;
}

/** The charm is a companion of this process. */
export interface CompanionHost {
  readonly kind: 'companion';
  readonly companion: Companion;
  readonly unit: CompanionUnit;
}

/**
 * What became of it. Writes are in the model exactly when the outcome is `ok`, or an action's with status `completed`
 * or failed by `action-fail` alone.
 * - `missing`: the charm has no such hook; Juju counts that as success. Nothing was committed.
 * - `failed`: nothing was written. `reason` is Juju's status message (`hook failed: "config-changed"`, with
 *   ` for <remote-app>:<endpoint>` for a relation hook); `detail` says why, `via` which program it was, for the log.
 * - `interrupted`: killed by SIGTERM or SIGKILL, or by `signal`; nothing was written. Queue the hook again.
 * - `action`: for an action and `exec`, also when it was interrupted (message `terminated`): it has failed and is never
 *   run again. `results` has what the action set (nested), `stdout`, `stderr` and `return-code`. A failed action never
 *   puts the unit into error.
 */
export type HookOutcome =
  | { readonly kind: 'ok'; readonly via?: string }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly detail: string;
      readonly returnCode: number | null;
      readonly via?: string;
    }
  | { readonly kind: 'interrupted'; readonly detail: string }
  | {
      readonly kind: 'action';
      readonly status: 'completed' | 'failed';
      readonly message: string;
      readonly results: Readonly<Record<string, unknown>>;
    };

/** How a run ended, before its writes are looked at. */
type RunEnd = { readonly via?: string; readonly process?: ProcessEnd } & (
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly detail: string }
);

/** Runs one event to its end, and commits what it wrote. Rejects only for a bug of ours; what the charm does ends in the outcome. */
export async function runHook(run: HookRun): Promise<HookOutcome> {
  const { model, unit, event, onTaskLog } = run;
  const context = new HookContext({ model, unit, event, onTaskLog });
  const end =
    run.how.kind === 'process' ? await runProcess(run, run.how, context) : await runCompanion(run, run.how, context);
  const committed = end.kind === 'succeeded' ? commit(context) : null;
  return context.action ? actionOutcome(context, end, committed) : hookOutcome(context, end, committed);
}

async function runProcess(run: HookRun, host: ProcessHost, context: HookContext): Promise<RunEnd> {
  const { model, unit, event } = run;
  const name = nameOf(event);
  const program = await findCharmProgram(host.charmDir, event);
  if (program.kind === 'missing') {
    return program;
  }
  if (program.kind === 'broken') {
    return { kind: 'failed', detail: program.detail };
  }
  const contextId = `${unit}-${name}-${randomBytes(8).toString('hex')}`;
  const close = host.server.open(contextId, hookCommandRunner(context, run.onCommand));
  const module = `unit.${unit}.${name}`;
  try {
    const end = await runCharmProcess({
      argv: host.enter?.(program.argv, host.charmDir) ?? program.argv,
      cwd: host.charmDir,
      env: hookEnvironment({
        model,
        unit,
        event,
        contextId,
        charmDir: host.charmDir,
        containersDir: host.containersDir,
        jujuVersion: host.jujuVersion,
        server: host.server,
        extra: host.environment,
      }),
      onStdout: (line) => context.log('DEBUG', module, line),
      onStderr: (line) => context.log('WARNING', module, line),
      onStart: run.onStart,
      signal: run.signal,
    });
    return { ...endOfProcess(end, run.signal), process: end, via: program.via };
  } finally {
    await close();
  }
}

function endOfProcess(end: ProcessEnd, signal: AbortSignal | undefined): RunEnd {
  if (end.startError !== null) {
    return { kind: 'failed', detail: end.startError };
  }
  if (end.exitCode === 0) {
    return { kind: 'succeeded' };
  }
  if (signal?.aborted || end.signal === 'SIGTERM' || end.signal === 'SIGKILL') {
    return { kind: 'interrupted' };
  }
  return { kind: 'failed', detail: end.signal ? `signal: ${signalText(end.signal)}` : `exit status ${end.exitCode}` };
}

async function runCompanion(run: HookRun, host: CompanionHost, context: HookContext): Promise<RunEnd> {
  const tools = openTools(context, host.unit.dataDir, run.onCommand);
  const stopped = Promise.withResolvers<RunEnd>();
  const onAbort = () => stopped.resolve({ kind: 'interrupted' });
  run.signal?.addEventListener('abort', onAbort, { once: true });
  if (run.signal?.aborted) {
    onAbort();
  }
  const handled = async (): Promise<RunEnd> => {
    await host.companion.handle(run.event, tools, host.unit);
    return { kind: 'succeeded' };
  };
  try {
    return await Promise.race([stopped.promise, handled()]);
  } catch (error) {
    return { kind: 'failed', detail: (error as Error).message };
  } finally {
    run.signal?.removeEventListener('abort', onAbort);
    await tools.close();
  }
}

/** Null when the writes are in the model; else why not. */
function commit(context: HookContext): string | null {
  try {
    context.commit();
    return null;
  } catch (error) {
    if (!(error instanceof CommitRefused)) {
      throw error;
    }
    context.log('ERROR', 'juju.worker.uniter.context', `cannot apply changes: ${error.message}`);
    return error.message;
  }
}

function hookOutcome(context: HookContext, end: RunEnd, refused: string | null): HookOutcome {
  const { hook, relation } = context.event;
  if (end.kind === 'missing') {
    return { kind: 'missing' };
  }
  if (end.kind === 'interrupted') {
    return { kind: 'interrupted', detail: 'terminated' };
  }
  const via = end.via === undefined ? {} : { via: end.via };
  const detail = end.kind === 'failed' ? end.detail : refused;
  if (detail === null) {
    return { kind: 'ok', ...via };
  }
  const where = relation ? ` for ${relation.remoteApp}:${relation.endpoint}` : '';
  return {
    kind: 'failed',
    reason: `hook failed: "${hook}"${where}`,
    detail,
    returnCode: end.process?.exitCode ?? null,
    ...via,
  };
}

/** An action's own failure (`action-fail`) commits its writes; a failed process or a refused commit does not. */
function actionOutcome(context: HookContext, end: RunEnd, refused: string | null): HookOutcome {
  const action = context.needAction();
  const results = actionResults(action.results, end.process, refused);
  const outcome = (status: 'completed' | 'failed', message: string): HookOutcome => ({
    kind: 'action',
    status,
    message,
    results,
  });
  switch (end.kind) {
    case 'missing':
      return outcome('failed', `action not implemented on unit "${context.unit}"`);
    case 'interrupted':
      return outcome('failed', 'terminated');
    case 'failed':
      return outcome('failed', end.detail);
    case 'succeeded':
      if (refused !== null) {
        return outcome('failed', action.message || 'committing requested changes failed');
      }
      return outcome(action.failed ? 'failed' : 'completed', action.message);
  }
}

/** For the log and the context's id: an action's or hook's name, `juju-exec` for a command. */
function nameOf(event: HookEvent): string {
  return event.action?.name ?? (event.exec ? 'juju-exec' : event.hook);
}
