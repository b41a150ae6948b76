import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from './client.ts';
import { Failure } from './failure.ts';

/** How long a controller may take to end after it has answered. */
const patienceMs = 10_000;

/**
 * Runs a call that ends the controller, and resolves when its process is gone, so that the next command meets either a
 * new controller or none. The kernel tells only a parent of a death; others must look.
 */
export async function andItsEnd<T>(client: Client, call: () => Promise<T>): Promise<T> {
  const { pid } = await client.call('ping', {});
  const result = await call();
  const deadline = Date.now() + patienceMs;
  while (existsSync(`/proc/${pid}`)) {
    if (Date.now() > deadline)
      throw new Failure(`the controller has stopped everything but does not end itself (process ${pid})`);
    await delay(10);
  }
  return result;
}
