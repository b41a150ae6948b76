import { hostname } from 'node:os';
import { type Logger, Worker } from '@temporalio/worker';
import { type HealthServer, serveHealth, type WorkloadMetrics } from './health.ts';
import { KitError } from './kit-error.ts';
import { lineLogger } from './logger.ts';
import { oneLine } from './one-line.ts';
import { PollerWatch } from './poller-evidence.ts';
import { installRuntime } from './runtime.ts';
import type { SentryReporter } from './sentry/reporter.ts';
import type { Env } from './settings/environment.ts';
import { readWorkerSettings, type WorkerSettings } from './settings/settings.ts';
import { WorkerConnection } from './worker-connection.ts';
import { type ProgramOptions, workerOptions } from './worker-options.ts';

export interface KitWorkerOptions extends ProgramOptions {
  /** Where the settings come from; `process.env` unless a test hands something else in. */
  readonly env?: Env;
  /** Default: a line per entry on stderr. */
  readonly logger?: Logger;
  /** Served on `/metrics` besides the kit's own. */
  readonly workloadMetrics?: WorkloadMetrics;
}

/** A connected worker, with everything around it that the environment asked for. */
export class KitWorker {
  readonly settings: WorkerSettings;
  /** The SDK's worker. */
  readonly worker: Worker;
  readonly #logger: Logger;
  readonly #connection: WorkerConnection;
  readonly #sentry: SentryReporter | undefined;
  readonly #health: HealthServer | undefined;
  #stranded = false;

  private constructor(parts: Parts) {
    this.settings = parts.settings;
    this.worker = parts.worker;
    this.#logger = parts.logger;
    this.#connection = parts.connection;
    this.#sentry = parts.sentry;
    this.#health = parts.health;
  }

  /** Reads the environment, connects and makes the worker, which does not poll yet. Throws a sentence. */
  static async create({
    env = process.env,
    logger,
    workloadMetrics,
    ...program
  }: KitWorkerOptions): Promise<KitWorker> {
    const settings = readWorkerSettings(env);
    const log = logger ?? lineLogger(settings.logLevel, settings.secrets);
    const metricsAddress = await installRuntime(settings, log);
    const [sentry, connection] = await Promise.all([startSentry(settings), WorkerConnection.open(settings, log)]);
    try {
      const options = await workerOptions(program, settings, sentry);
      const worker = await Worker.create({ ...options, connection: connection.native });
      const health = await startHealth({ settings, worker, connection, logger: log, workloadMetrics, metricsAddress });
      return new KitWorker({ settings, worker, logger: log, connection, sentry, health });
    } catch (error) {
      await connection.close().catch(() => {});
      throw new KitError(
        `cannot serve task queue "${settings.taskQueue}" in namespace "${settings.namespace}": ${oneLine(error)}`,
        {
          cause: error,
        },
      );
    }
  }

  /** Where `/healthz` and `/metrics` are served, when they are. */
  get healthAddress(): string | undefined {
    return this.#health?.address;
  }

  /** Polls until SIGTERM, SIGINT or `shutdown`, lets running tasks finish, and closes everything. Throws a sentence. */
  async run(): Promise<void> {
    const { taskQueue, namespace, address, encryptionKeys } = this.settings;
    const reload = () => void this.reload().catch((error) => this.#logger.error(oneLine(error)));
    process.on('SIGHUP', reload);
    try {
      this.#logger.info(`worker listens on task queue "${taskQueue}" in namespace "${namespace}" at ${address}`, {
        encryption: encryptionKeys.length > 0 ? 'on' : 'off',
      });
      await this.worker.run();
      if (this.#stranded)
        throw new KitError('its connection was broken when the new one came (it has drained: start it anew)');
    } catch (error) {
      throw new KitError(`cannot serve task queue "${taskQueue}" in namespace "${namespace}": ${oneLine(error)}`, {
        cause: error,
      });
    } finally {
      process.off('SIGHUP', reload);
      await this.#close();
    }
  }

  /**
   * Reads the certificate files again and swaps the connection; running tasks go on. What SIGHUP does. The SDK takes the
   * new connection for each new call, but a poll that has begun is tried for ever over the old one. So when that one is
   * broken already, the worker drains over the new one and ends, to be started anew by whoever supervises it.
   */
  async reload(): Promise<void> {
    const broken = !(await this.#connection.works());
    await this.#connection.renew((connection) => {
      this.worker.connection = connection;
    });
    this.#logger.info('connection renewed', { certificateEnds: endOf(this.#connection.certificateExpiry) });
    if (!broken) return;
    this.#logger.warn('the old connection was broken already, and polls hang on it: draining, to be started anew');
    this.#stranded = true;
    this.shutdown();
  }

  /** Begins to shut down; `run` returns when it is done. */
  shutdown(): void {
    this.worker.shutdown();
  }

  async #close(): Promise<void> {
    await Promise.allSettled([this.#health?.close(), this.#sentry?.close(), this.#connection.close()]);
  }
}

interface Parts {
  readonly settings: WorkerSettings;
  readonly worker: Worker;
  readonly logger: Logger;
  readonly connection: WorkerConnection;
  readonly sentry: SentryReporter | undefined;
  readonly health: HealthServer | undefined;
}

async function startSentry(settings: WorkerSettings): Promise<SentryReporter | undefined> {
  if (!settings.sentry) return undefined;
  const { startSentry } = await import('./sentry/reporter.ts');
  return startSentry({
    sentry: settings.sentry,
    secrets: settings.secrets,
    privatePayloads: settings.encryptionKeys.length > 0,
  });
}

interface HealthParts extends Pick<Parts, 'settings' | 'worker' | 'connection' | 'logger'> {
  readonly workloadMetrics: WorkloadMetrics | undefined;
  readonly metricsAddress: string | undefined;
}

/** Health is there for others: when its port is taken, the worker runs without it and says so. */
async function startHealth({
  settings,
  worker,
  connection,
  logger,
  workloadMetrics,
  metricsAddress,
}: HealthParts): Promise<HealthServer | undefined> {
  const { healthAddress, workloadMetricsAddress, namespace, taskQueue } = settings;
  const address = healthAddress ?? (workloadMetrics && workloadMetricsAddress);
  if (!address) return undefined;
  const identity = settings.identity ?? `${process.pid}@${hostname()}`;
  const about = { identity, namespace, taskQueue };
  const watch = await PollerWatch.start({ connection: () => connection.native, metricsAddress, ...about });
  try {
    return await serveHealth({
      address,
      about,
      status: () => worker.getStatus(),
      evidence: () => watch.evidence(),
      expiries: () => ({
        certificate_expiry_timestamp_seconds: connection.certificateExpiry,
        token_expiry_timestamp_seconds: connection.tokenExpiry,
      }),
      workloadMetrics,
      logger,
    });
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    logger.warn(`health is off: cannot listen on ${address}: ${taken ? 'port taken' : oneLine(error)}`);
    return undefined;
  }
}

function endOf(expiry: number | undefined): string | undefined {
  return expiry === undefined ? undefined : new Date(expiry * 1000).toISOString();
}
