import { Connection, Client as TemporalClient } from '@temporalio/client';
import { Client } from '../src/cli/client.ts';
import { pathsFrom } from '../src/controller/paths.ts';
import { type Spine, unit, worker, workerProcesses } from '../tests/integration/system/spine.ts';

interface Look {
  readonly at: number;
  readonly status: string;
  /** Newest access of a poller on the queue, on the server's clock, which is this machine's here. */
  readonly lastAccess: number;
}

/** Looks at the unit's status and at the server's list of pollers side by side, through connections of its own. */
export class Watcher {
  readonly #charmlet: Client;
  readonly #temporal: TemporalClient;
  readonly #queue: string;
  readonly looks: Look[] = [];
  #timer: NodeJS.Timeout | undefined;

  private constructor(charmlet: Client, temporal: TemporalClient, queue: string) {
    this.#charmlet = charmlet;
    this.#temporal = temporal;
    this.#queue = queue;
  }

  static async open(spine: Spine, of: { namespace: string; queue: string; hertz?: number }): Promise<Watcher> {
    const connection = await Connection.connect({ address: spine.address });
    const watcher = new Watcher(
      new Client(pathsFrom(spine.system.env)),
      new TemporalClient({ connection, namespace: of.namespace }),
      of.queue,
    );
    watcher.#timer = setInterval(() => void watcher.#look(of.namespace), 1000 / (of.hertz ?? 20));
    return watcher;
  }

  close(): void {
    clearInterval(this.#timer);
    void this.#temporal.connection.close();
  }

  forget(): void {
    this.looks.length = 0;
  }

  /**
   * Waits for a worker process that began after `time`: when it polled first, when a look first saw that, and when a
   * look first saw the unit active with it. Milliseconds since 1970; looks are 50 ms apart.
   */
  async nextWorker(time: number, address: string): Promise<{ polled: number; listed: number; active: number }> {
    await this.#first((look) => look.at > time && look.status !== 'active');
    await this.#first(
      (look, index) => look.status === 'active' && this.looks.slice(0, index).some((one) => one.status !== 'active'),
    );
    const began = Math.max(...workerProcesses(address).map((process) => process.began));
    const listed = await this.#first((look) => look.lastAccess > began);
    const active = await this.#first((look) => look.at > began && look.status === 'active');
    return { polled: listed.lastAccess, listed: listed.at, active: active.at };
  }

  async #first(fits: (look: Look, index: number) => boolean): Promise<Look> {
    const end = Date.now() + 60_000;
    for (;;) {
      const found = this.looks.find(fits);
      if (found) return found;
      if (Date.now() > end) throw new Error('cannot measure: nothing of the kind was seen within 60 s');
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  async #look(namespace: string): Promise<void> {
    try {
      const [status, lists] = await Promise.all([
        this.#charmlet.call('status', { selectors: [] }),
        Promise.all(
          [1, 2].map((taskQueueType) =>
            this.#temporal.workflowService.describeTaskQueue({
              namespace,
              taskQueue: { name: this.#queue },
              taskQueueType,
            }),
          ),
        ),
      ]);
      const accesses = lists
        .flatMap((list) => list.pollers ?? [])
        .map(({ lastAccessTime: t }) => Number(t?.seconds ?? 0) * 1000 + (t?.nanos ?? 0) / 1e6);
      const current = status.applications[worker]?.units?.[unit]?.['workload-status'].current ?? 'none';
      this.looks.push({ at: Date.now(), status: current, lastAccess: Math.max(0, ...accesses) });
    } catch {
      // One look less: a server that is just being started, or a call that came too late.
    }
  }
}
