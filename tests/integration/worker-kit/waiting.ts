import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { KitClient } from '../../../worker-kit/src/client.ts';
import { until } from '../system/system.ts';

/**
 * Starts a workflow whose activity runs until `finish`, and comes back when the activity is at work: the server calls
 * it started as soon as it has answered a poll, which may be cut before the answer arrives.
 */
export async function startWaiting(
  { client }: KitClient,
  taskQueue: string,
  directory: string,
): Promise<{ handle: WorkflowHandle; finish: () => Promise<void> }> {
  const go = join(directory, randomUUID());
  const handle = await client.workflow.start('waiting', {
    workflowId: randomUUID(),
    taskQueue,
    args: [go],
    workflowExecutionTimeout: 180_000,
  });
  await until('the activity to run', 60_000, () => existsSync(`${go}.waits`) || undefined);
  return { handle, finish: () => writeFile(go, '') };
}
