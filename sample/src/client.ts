import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { settingsFrom } from './settings.ts';
import type { greeting } from './workflows.ts';

const usage = `Usage: node client.mjs --name NAME [--address HOST:PORT] [--namespace NS] [--queue QUEUE] [--timeout SECONDS]

Runs the greeting workflow and prints its result. What is not given is read from the worker's own variables
(TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TASK_QUEUE).`;

/** Starts the workflow, waits for its end, and answers what it returned. Throws an error of one line. */
async function greet(args: ReturnType<typeof parse>): Promise<string> {
  const settings = settingsFrom({
    ...process.env,
    ...(args.address && { TWC_HOST: args.address }),
    ...(args.namespace && { TWC_NAMESPACE: args.namespace }),
    ...(args.queue && { TWC_QUEUE: args.queue }),
  });
  const seconds = Number(args.timeout);
  if (!(seconds > 0)) throw new Error(`cannot use timeout "${args.timeout}" (a number of seconds above 0)`);
  const connection = await Connection.connect({ address: settings.address, connectTimeout: '4s' }).catch((error) => {
    throw new Error(`cannot connect to Temporal at "${settings.address}": ${oneLine(error)} (is the server up?)`);
  });
  try {
    const client = new Client({ connection, namespace: settings.namespace });
    return await client.workflow.execute<typeof greeting>('greeting', {
      args: [args.name],
      taskQueue: settings.taskQueue,
      workflowId: `greeting-${randomUUID()}`,
      // The server ends the workflow by itself: one that nobody serves does not stay behind.
      workflowExecutionTimeout: seconds * 1000,
    });
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause?.name === 'TimeoutFailure') {
      throw new Error(
        `cannot run workflow "greeting": no result within ${seconds} s (does a worker listen on task queue "${settings.taskQueue}" in namespace "${settings.namespace}"?)`,
      );
    }
    throw new Error(`cannot run workflow "greeting": ${oneLine(error)}`);
  } finally {
    await connection.close();
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

/** An error's own text and its innermost cause's, which is where Temporal's server says what it did not like. */
function oneLine(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  const text =
    cause instanceof Error
      ? 'details' in cause && cause.details
        ? String(cause.details)
        : cause.message
      : String(cause);
  return text.replace(/\s*\n\s*/g, ' ').trim();
}

try {
  const args = parse(process.argv.slice(2));
  console.log(args.help ? usage : await greet(args));
} catch (error) {
  console.error(`error: ${oneLine(error)}`);
  process.exitCode = 1;
}
