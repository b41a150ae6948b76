import type { HookContext } from './context.ts';
import { type CommandObserver, hookCommandRunner } from './execute.ts';
import type { HookTools } from './tools.ts';

/**
 * The hook commands for code of this process, in one context: one at a time in the order of the calls, as a charm's are.
 * After `close` every call is refused, so that work which a hook left behind changes nothing any more.
 */
export function openTools(
  context: HookContext,
  cwd: string,
  observe?: CommandObserver,
): HookTools & { close(): Promise<void> } {
  const run = hookCommandRunner(context, observe);
  let isOpen = true;
  let last: Promise<unknown> = Promise.resolve();
  return {
    async run(command, args, stdin) {
      if (!isOpen) {
        return { exitCode: 1, stdout: '', stderr: 'ERROR bad request: the hook has ended\n' };
      }
      const result = last.then(() => run({ command, args, cwd, stdin: stdin ?? null }));
      last = result;
      return await result;
    },
    async close() {
      isOpen = false;
      await last;
    },
  };
}
