import type { Method, Methods, Reply } from '../controller/api.ts';
import { controllerSocket, type Paths } from '../controller/paths.ts';
import { request } from '../plain-http/plain-http.ts';
import { Failure } from './failure.ts';

export interface CallOptions<M extends Method> {
  /** Gets each event as it arrives. */
  readonly onEvent?: (event: Methods[M]['event']) => void;
  /** Hangs up when aborted; the call then rejects with the signal's reason. What was accepted goes on. */
  readonly signal?: AbortSignal;
}

/** Nobody answers on the controller's socket. */
export class NoController extends Error {
  override readonly name = 'NoController';
}

/** Speaks src/controller/api.ts with the controller of one data directory. */
export class Client {
  readonly #paths: Paths;
  readonly #start: (() => Promise<void>) | undefined;
  readonly #model: string | undefined;

  /**
   * @param start brings a controller up when none answers; without it a call rejects with `NoController`.
   * @param model the model that calls are for, as `[<controller>:][<user>/]<model>`; without it the one in focus.
   */
  constructor(paths: Paths, start?: () => Promise<void>, model?: string) {
    this.#paths = paths;
    this.#start = start;
    this.#model = model;
  }

  /** The same controller, and another model. */
  inModel(model: string): Client {
    return new Client(this.#paths, this.#start, model);
  }

  /** Resolves to the result. Rejects with a `Failure` that carries the controller's own message and exit code. */
  async call<M extends Method>(
    method: M,
    params: Methods[M]['params'],
    options: CallOptions<M> = {},
  ): Promise<Methods[M]['result']> {
    try {
      return await this.#send(method, params, options);
    } catch (error) {
      if (!(error instanceof NoController) || !this.#start) throw error;
      await this.#start();
      return await this.#send(method, params, options);
    }
  }

  #send<M extends Method>(
    method: M,
    params: Methods[M]['params'],
    options: CallOptions<M>,
  ): Promise<Methods[M]['result']> {
    return new Promise((resolve, reject) => {
      options.signal?.throwIfAborted();
      const body = JSON.stringify(params);
      const sent = request({
        socketPath: controllerSocket(this.#paths),
        method: 'POST',
        path: `/v1/${method}${this.#model === undefined ? '' : `?model=${encodeURIComponent(this.#model)}`}`,
        agent: false,
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      });
      const hangUp = () => {
        reject(options.signal?.reason);
        sent.destroy();
      };
      options.signal?.addEventListener('abort', hangUp, { once: true });
      const settle = (finish: () => void) => {
        options.signal?.removeEventListener('abort', hangUp);
        finish();
        sent.destroy();
      };
      const lost = (cause?: unknown) => settle(() => reject(lostController(method, this.#paths, cause)));

      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')
          settle(() => reject(new NoController(error.message)));
        else if (error.code === 'EACCES') settle(() => reject(foreignController(this.#paths)));
        else lost(error);
      });
      sent.on('response', (response) => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            if (line.trim() === '') continue;
            const reply = parseReply<M>(line);
            if (!reply) return lost();
            if ('event' in reply) options.onEvent?.(reply.event);
            else if ('error' in reply)
              return settle(() => reject(new Failure(reply.error.message, reply.error.exitCode)));
            else return settle(() => resolve(reply.result));
          }
        });
        response.on('error', lost);
        response.on('end', () => lost());
      });
      sent.end(body);
    });
  }
}

function parseReply<M extends Method>(line: string): Reply<M> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && ('event' in value || 'result' in value || 'error' in value))
      return value as Reply<M>;
  } catch {
    // Falls through: what is not JSON was not written by a controller that is well.
  }
  return undefined;
}

function lostController(method: Method, paths: Paths, cause: unknown): Failure {
  return new Failure(
    `cannot finish "${method}": the controller went away before it had answered (what it had accepted goes on when it is back; its log is ${paths.data}/controller.log)`,
    1,
    { cause },
  );
}

function foreignController(paths: Paths): Failure {
  return new Failure(
    `cannot talk to the controller: ${controllerSocket(paths)} belongs to another user (set CHARMLET_DATA to a directory of your own)`,
  );
}
