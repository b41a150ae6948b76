import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../plain-http/ask.ts';

/** Whether the server has read its files; where it has and did not like them, `refused` is why. */
export interface Reloaded {
  readonly read: boolean;
  readonly refused?: string;
}

/**
 * Has the running server read its files again. One that is just coming up may have read the former ones before it
 * listens, so that it is asked until it listens, `waitMs` at most. One that stays away will read them when it comes up.
 */
export async function reload(port: number, waitMs = 10_000): Promise<Reloaded> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      const { status, text } = await ask(`http://127.0.0.1:${port}/-/reload`, { method: 'POST', timeoutMs: 30_000 });
      return { read: true, ...(status !== 200 && { refused: text.trim().slice(0, 300) }) };
    } catch {
      if (Date.now() >= deadline) return { read: false };
      await sleep(100);
    }
  }
}
