import {
  decodePollers,
  describeTaskQueuePath,
  encodeQuestion,
  type PollerInfo,
  type TaskQueueQuestion,
} from './describe-task-queue.ts';
import { GrpcConnection, GrpcError, UnreachableError } from './grpc-connection.ts';

/** Where the worker should poll. */
export interface PollingPlace {
  readonly host: string;
  readonly port: number;
  readonly namespace: string;
  readonly queue: string;
}

/** What could be learnt about a queue's pollers. */
export type PollersAnswer =
  | {
      readonly outcome: 'answered';
      readonly pollers: readonly PollerInfo[];
      readonly began: number;
      readonly ended: number;
    }
  | { readonly outcome: 'unreachable'; readonly why: string }
  | { readonly outcome: 'namespace not found' }
  | { readonly outcome: 'unknown'; readonly why: string };

/** How long a connection may take, and then each answer. */
const timeoutMs = 2000;

/** gRPC's status codes as far as they are told apart. */
const codes = { invalidArgument: 3, notFound: 5, permissionDenied: 7, unimplemented: 12, unauthenticated: 16 } as const;

/** Asks a Temporal server who polls a queue, over a connection that is kept as long as the answers are good. Never rejects. */
export class TemporalServer {
  readonly #place: PollingPlace;
  #connection: GrpcConnection | null = null;

  constructor(place: PollingPlace) {
    this.#place = place;
  }

  async pollers(): Promise<PollersAnswer> {
    const { host, port } = this.#place;
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    if (!this.#connection?.usable) this.#connection = new GrpcConnection({ address, patienceMs: timeoutMs });
    const connection = this.#connection;
    const began = Date.now();
    try {
      // The last two are unknown to older servers, which is no failure. Only together do they name every poller of every
      // partition; a look that lacked some would take an old poller for news in the next.
      const all = [
        this.#ask(connection, 'workflow'),
        this.#ask(connection, 'activity'),
        this.#ask(connection, 'nexus').catch(ifNotUnderstood),
        this.#ask(connection, 'all').catch(ifNotUnderstood),
      ];
      const pollers = (await Promise.all(all)).flat();
      return { outcome: 'answered', pollers, began, ended: Date.now() };
    } catch (error) {
      this.close();
      return failure(error);
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  async #ask(connection: GrpcConnection, of: TaskQueueQuestion['of']): Promise<readonly PollerInfo[]> {
    const { namespace, queue } = this.#place;
    const message = encodeQuestion({ namespace, queue, of });
    return decodePollers(await connection.call({ path: describeTaskQueuePath, message, timeoutMs }));
  }
}

function ifNotUnderstood(error: unknown): readonly PollerInfo[] {
  const code = error instanceof GrpcError ? error.code : -1;
  if (code === codes.unimplemented || code === codes.invalidArgument) return [];
  throw error;
}

function failure(error: unknown): PollersAnswer {
  if (error instanceof UnreachableError) return { outcome: 'unreachable', why: error.message };
  const message = (error as Error).message.replaceAll(/\s+/g, ' ');
  if (!(error instanceof GrpcError)) return { outcome: 'unknown', why: message };
  if (error.code === codes.notFound) return { outcome: 'namespace not found' };
  const denied = error.code === codes.permissionDenied || error.code === codes.unauthenticated;
  return {
    outcome: 'unknown',
    why: denied ? `the server denied the question: ${message}` : `the server did not tell: ${message}`,
  };
}
