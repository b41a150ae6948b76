import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the next supervisor has to know of a running service. Holds no secret: of the configuration only a keyed hash. */
export interface ProcessRecord {
  readonly service: string;
  readonly pid: number;
  /** Together with pid and machine names the process; see `readStat`. */
  readonly startTime: string;
  readonly machineBootId: string;
  /** The value of the start variable; see `Family`, as for what follows. */
  readonly start: string;
  readonly mountNamespace: string | null;
  readonly bin: string;
  /** Keyed hash of the service's configuration; see `ConfigTags`. */
  readonly configTag: string;
  /** The configuration's own, for the time in which the plan is not known yet. */
  readonly killDelayMs: number;
  /** The service's current-since. */
  readonly since: string;
}

/** The records of one supervisor, a 0600 file per running service. */
export class ProcessRecords {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  /** Replaces the service's record in one step. */
  write(record: ProcessRecord): void {
    const file = this.#file(record.service);
    writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  remove(service: string): void {
    rmSync(this.#file(service), { force: true });
  }

  /** All records; an unreadable one is passed over, since its process cannot be known. */
  read(): ProcessRecord[] {
    return readdirSync(this.#dir)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => {
        try {
          return [JSON.parse(readFileSync(join(this.#dir, name), 'utf8')) as ProcessRecord];
        } catch {
          return [];
        }
      });
  }

  #file(service: string): string {
    return join(this.#dir, `${encodeURIComponent(service)}.json`);
  }
}
