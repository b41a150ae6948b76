import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import * as activities from './activities.ts';
import { lineLogger } from './logger.ts';
import { type Settings, settingsFrom } from './settings.ts';

/** How long an unreachable server is tried before the process ends; whoever supervises it decides when to try again. */
const connectTimeoutMs = 4000;

/** Runs the worker until SIGTERM or SIGINT, then lets running tasks finish. */
async function run(settings: Settings): Promise<void> {
  const metricsAddress = settings.metricsAddress && (await usableForMetrics(settings.metricsAddress));
  Runtime.install({
    logger: lineLogger(settings.logLevel),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsAddress && { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
  const connection = await connect(settings.address);
  try {
    const worker = await Worker.create({
      connection,
      namespace: settings.namespace,
      taskQueue: settings.taskQueue,
      ...(settings.identity && { identity: settings.identity }),
      // Bundled by build.mjs: the worker starts in a second and needs neither a compiler nor node_modules.
      workflowBundle: { codePath: join(import.meta.dirname, 'workflow-bundle.js') },
      activities,
      // Both end before the charm's default stop-timeout of 30 s, when Pebble sends SIGKILL.
      shutdownGraceTime: '20s',
      shutdownForceTime: '25s',
    });
    console.error(
      `worker listens on task queue "${settings.taskQueue}" in namespace "${settings.namespace}" at ${settings.address}`,
    );
    await worker.run();
  } catch (error) {
    throw new Error(
      `cannot serve task queue "${settings.taskQueue}" in namespace "${settings.namespace}": ${oneLine(error)}`,
      { cause: error },
    );
  } finally {
    await connection.close();
  }
}

/** Connects, or throws an error of one line in at most `connectTimeoutMs`. */
async function connect(address: string): Promise<NativeConnection> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${connectTimeoutMs / 1000} s`)), connectTimeoutMs);
  });
  try {
    return await Promise.race([NativeConnection.connect({ address }), tooLate]);
  } catch (error) {
    throw new Error(
      `cannot connect to Temporal at "${address}": ${oneLine(error)} (is the server up, and is the host right?)`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The address if it is free. A worker without metrics is worth more than none, so a taken port is only said. */
async function usableForMetrics(address: string): Promise<string | undefined> {
  const { host, port } = splitAddress(address);
  const problem = await new Promise<string | undefined>((resolve) => {
    const server = createServer()
      .once('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'EADDRINUSE' ? 'port taken' : error.message),
      )
      .once('listening', () => server.close(() => resolve(undefined)));
    server.listen({ host, port, exclusive: true });
  });
  if (problem) console.error(`warning: metrics are off: cannot listen on ${address}: ${problem}`);
  return problem ? undefined : address;
}

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

/** The native part of the SDK prints errors as nested structures; the sentence for people is the last message in them. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const native = [...text.matchAll(/(?:message|error): "((?:[^"\\]|\\.)*)"/g)].at(-1)?.[1];
  return (native || text).replace(/\s*\n\s*/g, ' ').trim();
}

try {
  await run(settingsFrom(process.env));
  process.exit(0);
} catch (error) {
  console.error(`error: ${oneLine(error)}`);
  process.exit(1);
}
