import { proxyActivities } from '@temporalio/workflow';
import type * as activities from './activities/index.ts';

const { greet, readVariables, keepGreeting, recallGreeting, storeGreeting, loadGreeting } = proxyActivities<
  typeof activities
>({
  startToCloseTimeout: '10s',
  retry: { maximumAttempts: 3 },
});

export async function greeting(name: string): Promise<string> {
  return await greet(name);
}

/** What variables of the worker hold: that the option `environment` has arrived. */
export async function environment(names: readonly string[]): Promise<Record<string, string | null>> {
  return await readVariables(names);
}

/** Writes a greeting into Vault and reads it back from there. */
export async function vault(name: string): Promise<{ greeting: string; version: number }> {
  const version = await keepGreeting(`Hello, ${name}!`);
  return { greeting: await recallGreeting(version), version };
}

/** Writes a greeting into the related database and reads it back from there. */
export async function database(name: string): Promise<activities.StoredGreeting> {
  return await loadGreeting(await storeGreeting(name));
}
