import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { WorkflowFailedError } from '@temporalio/client';
import { KitClient, oneLine } from 'temporal-worker-kit/client';
import type { greeting } from './workflows.ts';

const usage = `Usage: node client.mjs --name NAME [--address HOST:PORT] [--namespace NS] [--queue QUEUE] [--timeout SECONDS]

Runs the greeting workflow and prints its result. What is not given is read from the worker's own variables
(TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TASK_QUEUE), and so are TLS, tokens and encryption keys.`;

/** Starts the workflow, waits for its end, and answers what it returned. Throws an error of one line. */
async function greet(args: ReturnType<typeof parse>): Promise<string> {
  const seconds = Number(args.timeout);
  if (!(seconds > 0)) throw new Error(`cannot use timeout "${args.timeout}" (a number of seconds above 0)`);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...(args.address && { TEMPORAL_ADDRESS: args.address }),
    ...(args.namespace && { TWC_NAMESPACE: args.namespace }),
  };
  const taskQueue =
    args.queue ?? ['TWC_QUEUE', 'TEMPORAL_QUEUE', 'TEMPORAL_TASK_QUEUE'].map((name) => env[name]).find(Boolean);
  if (!taskQueue) throw new Error('cannot run workflow "greeting": no task queue (give --queue)');
  await using kit = await KitClient.connect({ env });
  try {
    return await kit.client.workflow.execute<typeof greeting>('greeting', {
      args: [args.name],
      taskQueue,
      workflowId: `greeting-${randomUUID()}`,
      // The server ends the workflow by itself: one that nobody serves does not stay behind.
      workflowExecutionTimeout: seconds * 1000,
    });
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause?.name === 'TimeoutFailure') {
      throw new Error(
        `cannot run workflow "greeting": no result within ${seconds} s (does a worker listen on task queue "${taskQueue}" in namespace "${kit.settings.namespace}"?)`,
      );
    }
    throw new Error(`cannot run workflow "greeting": ${oneLine(error)}`);
  }
}
function parse(argv: string[]) {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    args: argv,
    options: {
      name: { ...string, default: 'World' },
      address: string,
      namespace: string,
      queue: string,
      timeout: { ...string, default: '10' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  return values;
}

try {
  const args = parse(process.argv.slice(2));
  console.log(args.help ? usage : await greet(args));
} catch (error) {
  console.error(`error: ${oneLine(error)}`);
  process.exitCode = 1;
}
