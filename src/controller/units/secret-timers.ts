import type { ControllerLog } from '../context.ts';
import type { Database } from '../store/database.ts';
import { listModels } from '../store/models.ts';
import { queueDueSecretEvents } from '../store/secret-events.ts';

/** What a timer of Node can wait for. */
const longestMs = 2 ** 31 - 1;

/**
 * Tells owners of secrets when one is to be rotated or has expired. The times are in the store, so that one that passed
 * while no controller ran is told at its start. There is one timer, to the next of them.
 */
export class SecretTimers {
  readonly #db: Database;
  readonly #log: ControllerLog;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #closed = false;
  readonly #onChange = (): void => this.#lookSoon();

  constructor(db: Database, log: ControllerLog) {
    this.#db = db;
    this.#log = log;
  }

  start(): void {
    this.#db.on('changed', this.#onChange);
    this.#lookSoon();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#db.off('changed', this.#onChange);
  }

  /** Many changes in one turn make one look. */
  #lookSoon(): void {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    setImmediate(() => {
      this.#looking = false;
      if (!this.#closed) this.#look();
    });
  }

  #look(): void {
    clearTimeout(this.#timer);
    let next: number;
    try {
      next = Math.min(...listModels(this.#db).map((model) => queueDueSecretEvents(model, Date.now())));
    } catch (error) {
      this.#log.error({ err: error }, 'cannot queue what is due for secrets; trying again in a second');
      next = Date.now() + 1000;
    }
    if (Number.isFinite(next))
      this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(next - Date.now(), 1), longestMs));
  }
}
