import { closeSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePipes, openPipe } from './pipe.ts';

/** How many reply pipes lie ready; a wave of so many parallel calls finds one each. */
const ready = 24;
/** Made in one go, when that many are used up. */
const batch = 12;

/** More are never held open. */
const most = 240;

export interface ReplyPipes {
  /** The open end of a claimed pipe, once: the taker closes it. Undefined for a number that is not out. */
  take(number: string): number | undefined;
  /** A client has found all of them claimed, and waits. */
  want(): void;
  close(): Promise<void>;
}

/**
 * Keeps named pipes `r.N` ready in `dir`. Each is held open for writing from before it can be seen, so that a client
 * that reads from it is told the end when this process dies; each is used once, so that no answer is ever read by
 * another call. The pipe `w` is held until new ones are made: a client that found all of them claimed waits for its
 * end and tries again.
 */
export async function openReplyPipes(dir: string): Promise<ReplyPipes> {
  const open = new Map<string, number>();
  let next = 0;
  let held: number | undefined;
  let filling: Promise<void> | undefined;
  let wanted = false;
  let closed = false;

  async function make(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, () => String(next++).padStart(10, '0'));
    await makePipes([...numbers, 'w'].map((name) => join(dir, `new.${name}`)));
    if (closed) {
      return;
    }
    dropOldest();
    for (const number of numbers) {
      open.set(number, openPipe(join(dir, `new.${number}`)));
      renameSync(join(dir, `new.${number}`), join(dir, `r.${number}`));
    }
    const fresh = openPipe(join(dir, 'new.w'));
    renameSync(join(dir, 'new.w'), join(dir, 'w'));
    letGo();
    held = fresh;
  }

  /** Pipes that clients claimed and never used, because they were killed at that moment. */
  function dropOldest(): void {
    for (const [number, fd] of open) {
      if (open.size <= most - batch) {
        return;
      }
      closeSync(fd);
      open.delete(number);
      rmSync(join(dir, `r.${number}`), { force: true });
      rmSync(join(dir, `q.${number}`), { force: true });
    }
  }

  function letGo(): void {
    if (held !== undefined) {
      closeSync(held);
      held = undefined;
    }
  }

  function fillWhenLow(): void {
    if (!closed && !filling && (wanted || open.size <= ready - batch)) {
      const count = Math.max(batch, ready - open.size);
      wanted = false;
      filling = make(count).then(
        () => {
          filling = undefined;
          fillWhenLow();
        },
        () => {
          // The waiting clients try again by themselves, which asks here again, and end with an error when it lasts.
          filling = undefined;
          letGo();
        },
      );
    }
  }

  await make(ready);
  return {
    take(number) {
      const fd = open.get(number);
      open.delete(number);
      fillWhenLow();
      return fd;
    },
    want() {
      wanted = true;
      fillWhenLow();
    },
    async close() {
      closed = true;
      await filling;
      letGo();
      for (const fd of open.values()) {
        closeSync(fd);
      }
      open.clear();
    },
  };
}
