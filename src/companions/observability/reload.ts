import { ask } from '../../plain-http/ask.ts';
import { waitUntilServing } from '../server-service.ts';

/** Whether the server has read its files; where it has and did not like them, `refused` is why. */
export interface Reloaded {
  readonly read: boolean;
  readonly refused?: string;
}

/**
 * Has the running server read its files again. One that is just coming up may have read the former ones before it
 * serves, so that this is waited for, `waitMs` at most. One that stays away will read them when it comes up.
 */
export async function reload(port: number, waitMs = 10_000): Promise<Reloaded> {
  const url = `http://127.0.0.1:${port}/-`;
  if (!(await waitUntilServing(`${url}/ready`, waitMs))) return { read: false };
  try {
    const { status, text } = await ask(`${url}/reload`, { method: 'POST', timeoutMs: 30_000 });
    return { read: true, ...(status !== 200 && { refused: text.trim().slice(0, 300) }) };
  } catch {
    return { read: false };
  }
}
