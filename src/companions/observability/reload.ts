import { ask } from '../../plain-http/ask.ts';

/**
 * Has the running server read its files again; the reason when it does not. One that is down will read them when it
 * comes back.
 */
export async function reload(port: number): Promise<string | undefined> {
  try {
    const { status, text } = await ask(`http://127.0.0.1:${port}/-/reload`, { method: 'POST', timeoutMs: 30_000 });
    return status === 200 ? undefined : text.trim().slice(0, 300);
  } catch {
    return undefined;
  }
}
