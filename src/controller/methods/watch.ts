import { once } from 'node:events';
import type { Shared } from '../context.ts';
import type { Caller } from '../server.ts';

/** Sends the revision at once and after each commit, the newest when several come together. Ends when the client hangs up. */
export async function watch({ db }: Shared, caller: Caller<'watch'>): Promise<Record<string, never>> {
  let queued = false;
  const send = (): void => {
    queued = false;
    caller.tell({ revision: db.revision });
  };
  const onChange = (): void => {
    if (queued) return;
    queued = true;
    setImmediate(send);
  };
  send();
  db.on('changed', onChange);
  try {
    if (!caller.signal.aborted) await once(caller.signal, 'abort');
  } finally {
    db.off('changed', onChange);
  }
  return {};
}
