import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import type { Change, ChangeBook } from '../changes/change-book.ts';
import type { View } from '../workload/view.ts';
import type { ExecRequest } from './exec-request.ts';
import { Execution, type SocketName } from './execution.ts';

/** The commands that clients run, by the id of their task. */
export class Executions {
  readonly #running = new Map<string, Execution>();
  readonly #changes: ChangeBook;
  readonly #view: View;
  #server: Promise<WebSocketServer> | undefined;

  constructor(changes: ChangeBook, view: View) {
    this.#changes = changes;
    this.#view = view;
  }

  /** Makes the change that runs the command as soon as the client has opened its websockets. */
  start(request: ExecRequest): { change: Change; taskId: string } {
    const execution = new Execution(request, this.#view);
    const summary = `Execute command "${request.command.words[0]}"`;
    let taskId = '';
    const change = this.#changes.create({
      kind: 'exec',
      summary,
      tasks: (add) => {
        taskId = add({
          kind: 'exec',
          summary,
          lane: 1,
          waitsFor: [],
          run: (task, aborted) => execution.run(task, aborted).finally(() => this.#running.delete(task.id)),
        }).id;
      },
    });
    this.#running.set(taskId, execution);
    return { change, taskId };
  }

  /** Why a websocket cannot be opened, as status and text; null when it can. */
  whyNotConnect(taskId: string, name: string): { statusCode: number; message: string } | null {
    const task = this.#changes.task(taskId);
    if (!task) return { statusCode: 404, message: `cannot find task "${taskId}"` };
    if (task.kind !== 'exec') return { statusCode: 400, message: `"${task.kind}" tasks do not have websockets` };
    const why = this.#running.get(taskId)?.whyNotConnect(name) ?? (this.#running.has(taskId) ? null : 'unknown');
    if (why === 'unknown') return { statusCode: 404, message: `cannot find ${name} websocket for task "${taskId}"` };
    return why === null ? null : { statusCode: 500, message: `${name} websocket already connected` };
  }

  /** Upgrades a connection to the websocket that was asked for. The library for it is loaded with the first one. */
  async connect(
    taskId: string,
    name: SocketName,
    upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer },
  ): Promise<void> {
    this.#server ??= import('ws').then((ws) => new ws.WebSocketServer({ noServer: true, perMessageDeflate: false }));
    const server = await this.#server;
    const execution = this.#running.get(taskId);
    if (!execution) return upgrade.socket.destroy() && undefined;
    server.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, (socket) => execution.connect(name, socket));
  }
}
