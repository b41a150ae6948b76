import type { Status } from '../../controller/api.ts';
import { formatDuration } from '../duration.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../verb.ts';

export interface Waiting {
  readonly timeoutMs: number;
  /** Looks at a status: true ends the wait. */
  readonly look: (status: Status) => boolean;
  /** The line to fail with when time runs out; gets the newest status. */
  readonly late: (status: Status | undefined, after: string) => string;
}

/** Looks at the status now and after every change of the model, until `look` is content or time runs out. */
export async function waitForStatus(call: Invocation, waiting: Waiting): Promise<Status> {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(new TimeUp()), waiting.timeoutMs);
  const signal = AbortSignal.any([ended.signal, call.signal]);
  let newest: Status | undefined;
  let changes = 0;
  let wake = () => {};
  const onEvent = () => {
    changes++;
    wake();
  };
  const gone = call.client.call('watch', {}, { onEvent, signal }).then(() => {
    throw new Failure('the controller ended while it was watched (any command starts it again)');
  });
  gone.catch(() => wake());
  try {
    for (;;) {
      const seen = changes;
      newest = await call.client.call('status', { selectors: [] }, { signal });
      if (waiting.look(newest)) return newest;
      if (changes === seen) await Promise.race([gone, new Promise<void>((resolve) => (wake = resolve))]);
      if (signal.aborted) throw signal.reason;
    }
  } catch (error) {
    if (error instanceof TimeUp) throw new Failure(waiting.late(newest, formatDuration(waiting.timeoutMs)));
    throw error;
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

class TimeUp extends Error {}
