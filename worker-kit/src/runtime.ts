import { createServer } from 'node:net';
import { IllegalStateError } from '@temporalio/common';
import { type Logger, makeTelemetryFilterString, Runtime, type RuntimeOptions } from '@temporalio/worker';
import { splitAddress } from './settings/address.ts';
import type { WorkerSettings } from './settings/settings.ts';

/**
 * Sets the SDK up for this process: logger, and metrics where the environment asks for them. Metric names are the SDK's
 * plain ones, in milliseconds (`temporal_request`, not `temporal_request_total`): those of the Python library, and so of
 * the dashboards that the charm ships. Resolves with the address at which this process serves them; `undefined`: nowhere.
 */
export async function installRuntime(settings: WorkerSettings, logger: Logger): Promise<string | undefined> {
  const { metricsAddress } = settings;
  const problem = metricsAddress && (await listenProblem(metricsAddress));
  // A worker without metrics is worth more than none, so a taken port is only said.
  if (problem) logger.warn(`metrics are off: cannot listen on ${metricsAddress}: ${problem}`);
  const installed = install({
    logger,
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsAddress && !problem && { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
  return installed && !problem ? metricsAddress : undefined;
}

/** False for a program that has set the SDK up by itself: it keeps what it has. */
function install(options: RuntimeOptions): boolean {
  try {
    Runtime.install(options);
    return true;
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
    return false;
  }
}

/** Why the address cannot be listened on; `undefined` when it can. */
function listenProblem(address: string): Promise<string | undefined> {
  const { host, port } = splitAddress(address);
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'EADDRINUSE' ? 'port taken' : error.message),
      )
      .once('listening', () => server.close(() => resolve(undefined)));
    server.listen({ host: host.replace(/^\[|\]$/g, ''), port, exclusive: true });
  });
}
