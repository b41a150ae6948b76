import proto from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { oneLine } from './one-line.ts';
import { countPolls, type PollCount } from './poll-count.ts';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** What the server says of this worker's polls, or the SDK where the server does not tell. */
export interface PollerEvidence {
  /** Do polls of this process reach the server? `null`: neither the server nor the SDK tells. */
  readonly seen: boolean | null;
  /** The last poll that the server has seen, by its clock. */
  readonly lastAccess?: string;
  /** Why it is not known, or not so, or why the server was not believed for it. */
  readonly why?: string;
}

export interface PollerWatchOptions {
  /** The connection to ask over, which may be swapped: the worker's own, with its credentials. */
  readonly connection: () => NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly identity: string;
  /** `address:port` at which this process serves the SDK's metrics; absent: nowhere. */
  readonly metricsAddress?: string | undefined;
}

/** An answer is good for that long: many may ask, and each answer costs the server two lookups. */
const freshMs = 2000;
const deadlineMs = 3000;
/** A worker that waits for a task asks anew after a minute; one that has not asked for so long polls no more. */
const longestSilenceMs = 150_000;
/** When the first look is taken, soon after the first poll, so that the clocks can be compared. */
const firstLookMs = 5000;

/**
 * Asks the server for this worker's own polls. A killed worker stays listed for five minutes under the same identity, so
 * the last access before our first poll is taken as a baseline, by the server's clock: only a later one is ours.
 */
export class PollerWatch {
  readonly #options: PollerWatchOptions;
  #baseline = 0;
  /** Our clock less the server's, in milliseconds: the least that was seen between a poll and a look at it. */
  #clockOffset = Infinity;
  #count: PollCount | undefined;
  #answer: { readonly at: number; readonly evidence: Promise<PollerEvidence> } | undefined;

  private constructor(options: PollerWatchOptions) {
    this.#options = options;
  }

  /** Call it before the worker polls. */
  static async start(options: PollerWatchOptions): Promise<PollerWatch> {
    const watch = new PollerWatch(options);
    watch.#baseline = await watch.#lastAccess().catch(() => 0);
    setTimeout(() => watch.evidence(), firstLookMs).unref();
    return watch;
  }

  evidence(): Promise<PollerEvidence> {
    const now = performance.now();
    if (!this.#answer || now - this.#answer.at > freshMs) this.#answer = { at: now, evidence: this.#ask() };
    return this.#answer.evidence;
  }

  async #ask(): Promise<PollerEvidence> {
    try {
      const last = await this.#lastAccess();
      if (last <= this.#baseline) return { seen: false, why: 'no poll yet' };
      const age = Date.now() - last;
      this.#clockOffset = Math.min(this.#clockOffset, age);
      const silence = age - this.#clockOffset;
      const lastAccess = new Date(last).toISOString();
      if (silence <= longestSilenceMs) return { seen: true, lastAccess };
      return { seen: false, lastAccess, why: `no poll for ${Math.round(silence / 1000)} s` };
    } catch (error) {
      return await this.#ownCount(oneLine(error));
    }
  }

  /**
   * A poll that is refused ends at once and is counted as failed, one that is let in waits: so polls that are under way
   * in two looks, with no failure between them, are with the server.
   */
  async #ownCount(denial: string): Promise<PollerEvidence> {
    const { metricsAddress } = this.#options;
    const before = this.#count;
    const count = metricsAddress === undefined ? undefined : await countPolls(metricsAddress).catch(() => undefined);
    this.#count = count;
    if (count && count.failed > 0 && count.underWay === 0) {
      return { seen: false, why: `polls fail: ${count.errors.join(', ')}` };
    }
    const steady = before && count && before.underWay > 0 && count.underWay > 0 && before.failed === count.failed;
    return steady ? { seen: true, why: `by the SDK's own count: ${denial}` } : { seen: null, why: denial };
  }

  /** In milliseconds since 1970; 0 when none of ours is listed. */
  async #lastAccess(): Promise<number> {
    const { connection, namespace, taskQueue, identity } = this.#options;
    const native = connection();
    const answers = await native.withDeadline(Date.now() + deadlineMs, () =>
      Promise.all(
        [TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY].map((taskQueueType) =>
          native.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue }, taskQueueType }),
        ),
      ),
    );
    const own = answers.flatMap((answer) => answer.pollers ?? []).filter((poller) => poller.identity === identity);
    return Math.max(
      0,
      ...own.map(
        ({ lastAccessTime: time }) => Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1e6),
      ),
    );
  }
}
