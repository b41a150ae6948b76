import { proxyActivities } from '@temporalio/workflow';
import type * as activities from './activities.ts';

const { greet } = proxyActivities<typeof activities>({ startToCloseTimeout: '10s', retry: { maximumAttempts: 5 } });

/** Greets by name. The name may be anything that the client sends. */
export async function greeting(name: string): Promise<string> {
  return await greet(name);
}
