import { Connection } from '@temporalio/client';
import { type Failure, failureOf, grpcCode, isNotUnderstood } from './failure.ts';

/** Where the worker should poll, and how one gets there. */
export interface PollingPlace {
  readonly host: string;
  readonly port: number;
  readonly namespace: string;
  readonly queue: string;
  /** Null: a plain connection. */
  readonly tls: ServerTls | null;
  /** Null: none. It asks for TLS. */
  readonly apiKey: string | null;
}

/** All in PEM; null where the machine's own CAs, no certificate, or the host's name will do. */
export interface ServerTls {
  readonly rootCas: string | null;
  readonly client: { readonly certificate: string; readonly key: string } | null;
  readonly serverName: string | null;
}

export interface PollerInfo {
  readonly identity: string;
  /** Milliseconds since 1970 on the server's clock. */
  readonly lastAccess: number;
}

/** What could be learnt about a queue's pollers. */
export type PollersAnswer =
  | {
      readonly outcome: 'answered';
      readonly pollers: readonly PollerInfo[];
      readonly began: number;
      readonly ended: number;
    }
  | Failure;

/** How long one look may take. */
const timeoutMs = 2000;

/** `temporal.api.enums.v1.TaskQueueType`, whose nexus queues are younger than the others. */
const taskQueueTypes = { workflow: 1, activity: 2, nexus: 3 } as const;
/** `temporal.api.enums.v1.DescribeTaskQueueMode`: all types over all partitions at once, as servers since 1.25 do. */
const enhancedMode = 1;

type Request = Parameters<Connection['workflowService']['describeTaskQueue']>[0];
type Response = Awaited<ReturnType<Connection['workflowService']['describeTaskQueue']>>;
type Poller = NonNullable<Response['pollers']>[number];

/** Asks a Temporal server who polls a queue, over a connection that is kept as long as the answers are good. Never rejects. */
export class TemporalServer {
  readonly #place: PollingPlace;
  #connection: Connection | null = null;

  constructor(place: PollingPlace) {
    this.#place = place;
  }

  async pollers(): Promise<PollersAnswer> {
    const began = Date.now();
    try {
      this.#connection ??= connect(this.#place);
      const pollers = await this.#connection.withDeadline(began + timeoutMs, () => this.#askAll());
      return { outcome: 'answered', pollers, began, ended: Date.now() };
    } catch (error) {
      this.close();
      return failureOf(error, timeoutMs);
    }
  }

  close(): void {
    void this.#connection?.close();
    this.#connection = null;
  }

  /**
   * The last two questions are not understood by older servers, which is no failure. Only together do the answers name
   * every poller of every partition; a look that lacked some would take an old poller for news in the next.
   */
  async #askAll(): Promise<readonly PollerInfo[]> {
    const answers = await Promise.all([
      this.#ask({ taskQueueType: taskQueueTypes.workflow }),
      this.#ask({ taskQueueType: taskQueueTypes.activity }),
      this.#ask({ taskQueueType: taskQueueTypes.nexus }).catch(ifNotUnderstood),
      this.#ask({
        apiMode: enhancedMode,
        taskQueueTypes: Object.values(taskQueueTypes),
        reportPollers: true,
        taskQueueType: taskQueueTypes.workflow,
      }).catch(ifNotUnderstood),
    ]);
    return answers.flat();
  }

  async #ask(of: Request): Promise<readonly PollerInfo[]> {
    const { namespace, queue } = this.#place;
    const request = { namespace, taskQueue: { name: queue }, ...of };
    const response = await this.#connection?.workflowService.describeTaskQueue(request);
    return response === undefined ? [] : pollersOf(response).map(pollerInfo);
  }
}

function connect({ host, port, tls, apiKey }: PollingPlace): Connection {
  return Connection.lazy({
    address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    // No retries: a look that fails says so, and the next one comes by itself.
    interceptors: [],
    // The worker's proxies are its own affair, and Juju's are for charms that fetch something.
    channelArgs: { 'grpc.enable_http_proxy': 0, 'grpc.enable_retries': 0, 'grpc.service_config_disable_resolution': 1 },
    ...(apiKey === null ? {} : { apiKey }),
    ...(tls === null && apiKey === null ? { tls: false } : { tls: tlsConfig(tls) }),
  });
}

function tlsConfig(tls: ServerTls | null) {
  return {
    ...(tls?.rootCas ? { serverRootCACertificate: Buffer.from(tls.rootCas) } : {}),
    ...(tls?.client
      ? { clientCertPair: { crt: Buffer.from(tls.client.certificate), key: Buffer.from(tls.client.key) } }
      : {}),
    ...(tls?.serverName ? { serverNameOverride: tls.serverName } : {}),
  };
}

/** From wherever in the answer they stand. */
function pollersOf({ pollers, versionsInfo }: Response): readonly Poller[] {
  const types = Object.values(versionsInfo ?? {}).flatMap((version) => Object.values(version.typesInfo ?? {}));
  return [...(pollers ?? []), ...types.flatMap((type) => type.pollers ?? [])];
}

function pollerInfo({ identity, lastAccessTime }: Poller): PollerInfo {
  const seconds = Number(lastAccessTime?.seconds ?? 0);
  return {
    identity: identity ?? '',
    lastAccess: seconds * 1000 + Math.floor((lastAccessTime?.nanos ?? 0) / 1_000_000),
  };
}

function ifNotUnderstood(error: unknown): readonly PollerInfo[] {
  if (isNotUnderstood(grpcCode(error))) return [];
  throw error;
}
