import type { CheckInfo } from '../../pebble/types.ts';
import type { Change, ChangeBook } from '../changes/change-book.ts';
import type { PlanStore } from '../plan/plan-store.ts';
import { type Check, defaultThreshold, type Plan } from '../plan/types.ts';
import { canonical } from '../process/config-tags.ts';
import type { View } from '../workload/view.ts';
import { type CheckCounts, CheckLoop } from './check-loop.ts';
import { checkType, runCheck, withServiceContext } from './run-check.ts';

export interface ChecksOptions {
  readonly plan: PlanStore;
  readonly changes: ChangeBook;
  readonly view: View;
  /** Called when a check has reached its threshold. */
  readonly onFailure: (name: string) => void;
  readonly log: (message: string) => void;
}

interface Known {
  /** With its service context. */
  readonly config: Check;
  counts: CheckCounts;
  /** Absent while the check is inactive. */
  change?: Change | undefined;
  prevChangeId?: string | undefined;
  loop?: CheckLoop | undefined;
  readonly metrics: { successes: number; failures: number };
}

const fresh: CheckCounts = { successes: 0, failures: 0 };

/**
 * The checks of the plan. A check that is up is a `perform-check` change; at its threshold that one ends with an error
 * and a `recover-check` change runs until the first success: what watches changes sees every transition.
 */
export class Checks {
  readonly #options: ChecksOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: ChecksOptions) {
    this.#options = options;
    options.plan.onChange((plan) => this.#planChanged(plan));
  }

  infos(): CheckInfo[] {
    return [...this.#known.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, known]) => infoOf(name, known));
  }

  /** Starts the checks that are inactive; answers their names. Throws for a name that is not in the plan. */
  start(names: readonly string[]): string[] {
    return this.#withKnown(names, (name, known) => {
      if (known.change) return false;
      this.#perform(name, known.config, fresh);
      return true;
    });
  }

  /** Stops the checks that run; answers their names. Throws for a name that is not in the plan. */
  stop(names: readonly string[]): string[] {
    return this.#withKnown(names, (name, known) => {
      if (!known.change) return false;
      this.#options.changes.abort(known.change);
      // The counts stay, so that one can see how it stood when it was stopped.
      const { config, counts, metrics, prevChangeId } = known;
      this.#known.set(name, { config, counts, metrics, prevChangeId });
      return true;
    });
  }

  /** Runs a check now and resolves with how it then stands and what it said if it failed; null for an unknown one. */
  async refresh(name: string, gone: AbortSignal): Promise<{ info: CheckInfo; error?: string } | null> {
    const known = this.#known.get(name);
    if (!known) return null;
    let error: string | undefined;
    try {
      if (known.loop) await known.loop.refresh();
      else await runCheck(known.config, this.#options.view, gone);
    } catch (problem) {
      error = (problem as Error).message;
    }
    const info = infoOf(name, this.#known.get(name) ?? known);
    return error === undefined ? { info } : { info, error };
  }

  /** Part of a replan: starts what the plan wants started and somebody stopped. */
  replan(): void {
    for (const [name, known] of [...this.#known]) {
      if (known.config.startup !== 'disabled' && !known.change) this.#perform(name, known.config, fresh);
    }
  }

  /** Name, up or not (absent while inactive), and how often it succeeded and failed since it was added. */
  metrics(): { name: string; up?: boolean; successes: number; failures: number }[] {
    return [...this.#known.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, known]) => ({
        name,
        ...(known.change ? { up: infoOf(name, known).status === 'up' } : {}),
        ...known.metrics,
      }));
  }

  /** Ends all checks. */
  close(): void {
    const running = [...this.#known.values()];
    this.#known.clear();
    for (const { change } of running) if (change) this.#options.changes.abort(change);
  }

  #planChanged(plan: Plan): void {
    for (const [name, known] of [...this.#known]) {
      const wanted = plan.checks[name];
      if (wanted && canonical(withServiceContext(plan, wanted)) === canonical(known.config)) continue;
      if (known.change) this.#options.changes.abort(known.change);
      this.#known.delete(name);
    }
    for (const [name, check] of Object.entries(plan.checks)) {
      if (this.#known.has(name)) continue;
      const config = withServiceContext(plan, check);
      if (check.startup === 'disabled')
        this.#known.set(name, { config, counts: fresh, metrics: { successes: 0, failures: 0 } });
      else this.#perform(name, config, fresh);
    }
  }

  #perform(name: string, config: Check, counts: CheckCounts, prevChangeId?: string): void {
    this.#run({ name, config, counts, prevChangeId, kind: 'perform-check' });
  }

  #run(of: {
    name: string;
    config: Check;
    counts: CheckCounts;
    prevChangeId?: string | undefined;
    kind: 'perform-check' | 'recover-check';
  }): void {
    const { name, config, kind } = of;
    const metrics = this.#known.get(name)?.metrics ?? { successes: 0, failures: 0 };
    const known: Known = { config, counts: of.counts, prevChangeId: of.prevChangeId, metrics };
    this.#known.set(name, known);
    const loop = new CheckLoop({
      config,
      kind,
      counts: of.counts,
      run: (aborted) => runCheck(config, this.#options.view, aborted),
      onRun: (counts, ok) => {
        known.counts = counts;
        if (ok) metrics.successes += 1;
        else metrics.failures += 1;
      },
    });
    known.loop = loop;
    const summary = `${kind === 'perform-check' ? 'Perform' : 'Recover'} ${checkType(config)} check "${name}"`;
    const change = this.#options.changes.create({
      kind,
      summary,
      noticeData: { 'check-name': name },
      tasks: (add) => add({ kind, summary, lane: 1, waitsFor: [], run: (task, aborted) => loop.run(task, aborted) }),
    });
    known.change = change;
    void change.ready.then(() => this.#ended(name, known, change));
  }

  /** A change of a check has ended: by itself, and then the other kind follows; or because the check was stopped. */
  #ended(name: string, known: Known, change: Change): void {
    if (this.#known.get(name) !== known || known.change !== change) return;
    const { config, counts } = known;
    if (change.kind === 'perform-check' && change.status === 'Error') {
      this.#options.log(
        `Check "${name}" threshold ${config.threshold ?? defaultThreshold} hit, triggering action and recovering`,
      );
      this.#run({ name, config, counts, prevChangeId: change.id, kind: 'recover-check' });
      this.#options.onFailure(name);
    } else if (change.kind === 'recover-check' && change.status === 'Done') {
      this.#perform(name, config, counts, change.id);
    }
  }

  #withKnown(names: readonly string[], act: (name: string, known: Known) => boolean): string[] {
    const missing = names.filter((name) => !this.#known.has(name)).sort();
    if (missing.length > 0) throw new ChecksNotFound(`cannot find checks in plan: ${missing.join(', ')}`);
    return [...new Set(names)].filter((name) => act(name, this.#known.get(name) as Known)).sort();
  }
}

/** A check was asked for that the plan does not have. */
export class ChecksNotFound extends Error {}

function infoOf(name: string, { config, counts, change, prevChangeId }: Known): CheckInfo {
  const threshold = config.threshold || defaultThreshold;
  const running = change ? (counts.failures >= threshold ? 'down' : 'up') : 'inactive';
  return {
    name,
    ...(config.level ? { level: config.level as 'alive' | 'ready' } : {}),
    startup: config.startup === 'disabled' ? 'disabled' : 'enabled',
    status: running,
    successes: counts.successes,
    ...(counts.failures > 0 ? { failures: counts.failures } : {}),
    threshold,
    ...(change ? { 'change-id': change.id } : {}),
    ...(prevChangeId ? { 'prev-change-id': prevChangeId } : {}),
  };
}
