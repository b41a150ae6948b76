import { PebbleApiError, type PebbleClient } from '../../pebble/client.ts';
import type { Notice } from '../../pebble/types.ts';

/** Kinds of changes that stop services. */
const stopping: ReadonlySet<string | undefined> = new Set(['stop', 'restart', 'replan']);
/** More changes than Pebble remembers. */
const mostNoted = 1000;

/** How long services took to end when they were told to stop, from the notices of their changes; each change is told once. */
export class Drains {
  readonly #noted = new Set<string>();

  async read(notices: readonly Notice[], client: PebbleClient): Promise<{ service: string; seconds: number }[]> {
    const changes = notices.filter(
      ({ type, key, 'last-data': data }) =>
        type === 'change-update' && stopping.has(data?.kind) && !this.#noted.has(key),
    );
    return (await Promise.all(changes.map(({ key }) => this.#ofChange(key, client)))).flat();
  }

  async #ofChange(id: string, client: PebbleClient): Promise<{ service: string; seconds: number }[]> {
    // Pebble forgets old changes; what became of that one cannot be told any more.
    const change = await client.change(id).catch((error: unknown) => {
      if (error instanceof PebbleApiError && error.statusCode === 404) return undefined;
      throw error;
    });
    if (!change?.ready) return [];
    if (this.#noted.size >= mostNoted) this.#noted.clear();
    this.#noted.add(id);
    return (change.tasks ?? []).flatMap((task) => {
      const service = /"(.+)"/.exec(task.summary)?.[1];
      const ended = task['ready-time'];
      if (task.kind !== 'stop' || service === undefined || ended === undefined) return [];
      return [{ service, seconds: Math.max(0, Date.parse(ended) - Date.parse(task['spawn-time'])) / 1000 }];
    });
  }
}
