import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { WorkflowFailedError } from '@temporalio/client';
import { KitClient, oneLine } from 'temporal-worker-kit/client';
import type * as workflows from './workflows.ts';

const usage = `Usage: node client.mjs [--workflow WORKFLOW] [--name NAME]… [--address HOST:PORT] [--namespace NS] [--queue QUEUE] [--timeout SECONDS]

Runs a workflow of the sample worker and prints its result.

  greeting      greets NAME (what runs when no workflow is named)
  environment   tells the worker's variables, one for each --name
  vault         writes a greeting for NAME into Vault, and reads it back
  database      writes a greeting for NAME into the related database, and reads it back

What is not given is read from the worker's own variables (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TASK_QUEUE),
and so are TLS, tokens and encryption keys.`;

type Workflow = keyof typeof workflows;
const known: readonly Workflow[] = ['greeting', 'environment', 'vault', 'database'];

/** Starts the workflow, waits for its end, and answers what it returned. Throws an error of one line. */
async function run(args: ReturnType<typeof parse>): Promise<unknown> {
  const workflow = args.workflow as Workflow;
  if (!known.includes(workflow)) throw new Error(`cannot run workflow "${workflow}": there are ${known.join(', ')}`);
  const names = args.name ?? (workflow === 'environment' ? [] : ['World']);
  if (names.length === 0) throw new Error('cannot run workflow "environment": give --name');
  const seconds = Number(args.timeout);
  if (!(seconds > 0)) throw new Error(`cannot use timeout "${args.timeout}" (a number of seconds above 0)`);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...(args.address && { TEMPORAL_ADDRESS: args.address }),
    ...(args.namespace && { TWC_NAMESPACE: args.namespace }),
  };
  const taskQueue =
    args.queue ?? ['TWC_QUEUE', 'TEMPORAL_QUEUE', 'TEMPORAL_TASK_QUEUE'].map((name) => env[name]).find(Boolean);
  if (!taskQueue) throw new Error(`cannot run workflow "${workflow}": no task queue (give --queue)`);
  await using kit = await KitClient.connect({ env });
  try {
    return await kit.client.workflow.execute(workflow, {
      args: workflow === 'environment' ? [names] : names.slice(-1),
      taskQueue,
      workflowId: `${workflow}-${randomUUID()}`,
      // The server ends the workflow by itself: one that nobody serves does not stay behind.
      workflowExecutionTimeout: seconds * 1000,
    });
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause?.name === 'TimeoutFailure') {
      throw new Error(
        `cannot run workflow "${workflow}": no result within ${seconds} s (does a worker listen on task queue "${taskQueue}" in namespace "${kit.settings.namespace}"?)`,
      );
    }
    throw new Error(`cannot run workflow "${workflow}": ${oneLine(error)}`);
  }
}

function parse(argv: string[]) {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    args: argv,
    options: {
      workflow: { ...string, default: 'greeting' },
      name: { ...string, multiple: true },
      address: string,
      namespace: string,
      queue: string,
      timeout: { ...string, default: '10' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  return values;
}

/** A text as it is, anything else as JSON. */
function render(result: unknown): string {
  return typeof result === 'string' ? result : JSON.stringify(result);
}

try {
  const args = parse(process.argv.slice(2));
  console.log(args.help ? usage : render(await run(args)));
} catch (error) {
  console.error(`error: ${oneLine(error)}`);
  process.exitCode = 1;
}
