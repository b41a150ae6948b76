import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Notice } from '../pebble/types.ts';

type IdKind = 'change' | 'task' | 'notice';

interface Saved {
  /** Ids below these may have been given out. */
  readonly ids: Readonly<Record<IdKind, number>>;
  readonly notices: readonly Notice[];
}

/** Ids are reserved on disk in lots, so that not every change costs a write. */
const lot = 1000;

/** What must not be lost with the daemon: that no id is given twice, and custom notices. One 0600 file. */
export class StateFile {
  readonly #file: string;
  readonly #next: Record<IdKind, number>;
  #saved: Saved;

  constructor(file: string) {
    this.#file = file;
    this.#saved = read(file);
    this.#next = { ...this.#saved.ids };
  }

  get notices(): readonly Notice[] {
    return this.#saved.notices;
  }

  /** A number that was never given before, from 1 on. */
  nextId(kind: IdKind): string {
    const id = this.#next[kind];
    this.#next[kind] = id + 1;
    if (id >= this.#saved.ids[kind]) this.#write({ ...this.#saved, ids: { ...this.#saved.ids, [kind]: id + lot } });
    return String(id);
  }

  saveNotices(notices: readonly Notice[]): void {
    this.#write({ ...this.#saved, notices });
  }

  #write(saved: Saved): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(saved), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
    this.#saved = saved;
  }
}

function read(file: string): Saved {
  try {
    const { ids, notices } = JSON.parse(readFileSync(file, 'utf8')) as Saved;
    return { ids, notices };
  } catch {
    return { ids: { change: 1, task: 1, notice: 1 }, notices: [] };
  }
}
