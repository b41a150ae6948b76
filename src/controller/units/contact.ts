import { EventEmitter } from 'node:events';
import type { Database } from '../store/database.ts';

/** Which containers answer now. Kept in memory: after a start nobody is known to answer until it has. */
export class ContainerContact {
  readonly #db: Database;
  /** `<unit id>/<container>` -> does its Pebble answer. A container that was not tried yet has no entry. */
  readonly #known = new Map<string, { readonly answers: boolean; readonly since: string }>();
  readonly #noted = new EventEmitter<{ noted: [] }>();

  constructor(db: Database) {
    this.#db = db;
    this.#noted.setMaxListeners(0);
  }

  note(unit: number, container: string, answers: boolean): void {
    const key = `${unit}/${container}`;
    if (this.#known.get(key)?.answers === answers) return;
    this.#known.set(key, { answers, since: new Date().toISOString() });
    this.#noted.emit('noted');
    // What a status says depends on it, so whoever watches the model looks again.
    this.#db.emit('changed', this.#db.revision);
  }

  /** Since when the container answers, RFC 3339 in UTC; null while it does not. */
  answersSince(unit: number, container: string): string | null {
    const known = this.#known.get(`${unit}/${container}`);
    return known?.answers ? known.since : null;
  }

  /** Resolves when each of the containers was tried once, at the latest after `limitMs`. */
  async tried(
    containers: readonly { readonly unit: number; readonly container: string }[],
    limitMs: number,
  ): Promise<void> {
    const all = Promise.withResolvers<void>();
    const look = (): void => {
      if (containers.every(({ unit, container }) => this.#known.has(`${unit}/${container}`))) all.resolve();
    };
    const timer = setTimeout(all.resolve, limitMs);
    this.#noted.on('noted', look);
    look();
    await all.promise;
    clearTimeout(timer);
    this.#noted.off('noted', look);
  }
}
