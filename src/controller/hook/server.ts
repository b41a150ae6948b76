import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FifoCall } from '../../fifo/call.ts';
import { writeFifoClient } from '../../fifo/client.ts';
import { serveFifo } from '../../fifo/server.ts';
import { goQuote } from './go-text.ts';
import { hookCommands } from './table.ts';
import type { HookCommandResult } from './tools.ts';

/** Answers the hook commands of all units: the commands' files on `PATH`, and who listens behind them. */
export interface HookServer {
  /** Goes first on the `PATH` of every dispatch: one file per hook command. */
  readonly toolsDir: string;
  /** What `JUJU_AGENT_SOCKET_ADDRESS` tells. */
  readonly address: string;
  /**
   * Opens a context: calls that carry its id are answered by `run`, one at a time in the order of their arrival.
   * Returns the way to end it, which resolves when no call of it runs any more; later calls are refused.
   */
  open(contextId: string, run: HookCommandRunner): () => Promise<void>;
  close(): Promise<void>;
}

export type HookCommandRunner = (call: {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly stdin: string | null;
}) => Promise<HookCommandResult>;

interface OpenContext {
  readonly run: HookCommandRunner;
  /** The end of the last call that was accepted: the next one waits for it. */
  last: Promise<unknown>;
}

/**
 * Starts the server once per controller. `dir` belongs to it alone (for example `<runtime>/hook`): it is made with
 * mode 0700, and what an earlier server left in it is removed.
 */
export async function openHookServer({ dir }: { readonly dir: string }): Promise<HookServer> {
  const contexts = new Map<string, OpenContext>();
  const toolsDir = join(dir, 'tools');
  const address = join(dir, 'calls');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const server = await serveFifo({ dir: address, handle });
  await makeTools(toolsDir, address);

  async function handle(call: FifoCall): Promise<HookCommandResult> {
    const context = contexts.get(call.context);
    if (!context) {
      return { exitCode: 1, stdout: '', stderr: `ERROR ${refuse(call.context)}\n` };
    }
    const line = { command: call.program, args: call.argv, cwd: call.cwd, stdin: call.stdin };
    const result = context.last.then(() => context.run(line));
    context.last = result.catch(() => undefined);
    return await result;
  }

  /** Juju's words. The id that is expected is told when a hook of the same unit runs. */
  function refuse(id: string): string {
    if (id === '') {
      return 'JUJU_CONTEXT_ID not set';
    }
    const unit = /^[^/]+\/\d+-/.exec(id)?.[0];
    const expected = [...contexts.keys()].find((open) => unit !== undefined && open.startsWith(unit)) ?? '';
    return `bad request: expected context id ${goQuote(expected)}, got ${goQuote(id)}`;
  }

  return {
    toolsDir,
    address,
    open(contextId, run) {
      const context: OpenContext = { run, last: Promise.resolve() };
      contexts.set(contextId, context);
      return async () => {
        contexts.delete(contextId);
        await context.last;
      };
    },
    async close() {
      contexts.clear();
      await server.close();
    },
  };
}

async function makeTools(toolsDir: string, address: string): Promise<void> {
  await rm(toolsDir, { recursive: true, force: true });
  await mkdir(toolsDir, { mode: 0o700 });
  await writeFifoClient({
    file: join(toolsDir, '.hook-command'),
    dir: address,
    contextVariable: 'JUJU_CONTEXT_ID',
    unreachable: 'ERROR cannot reach the controller: nobody answers (it is stopped, or this hook has ended)',
  });
  await Promise.all(Object.keys(hookCommands).map((name) => symlink('.hook-command', join(toolsDir, name))));
}
