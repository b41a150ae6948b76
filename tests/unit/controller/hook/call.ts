import { HookContext } from '../../../../src/controller/hook/context.ts';
import type { HookEvent } from '../../../../src/controller/hook/event.ts';
import { executeHookCommand } from '../../../../src/controller/hook/execute.ts';
import { type MemoryFacts, MemoryModel } from './memory-model.ts';

export interface Hook {
  readonly model: MemoryModel;
  readonly context: HookContext;
  /** `call('config-get', '--format=json')` -> standard output when the exit code is 0, else `<exit code> <standard error>`. */
  call(command: string, ...args: string[]): Promise<string>;
  callWith(stdin: string, command: string, ...args: string[]): Promise<string>;
}

/** A hook of `w/0` (by default `config-changed`, as leader) in which commands can be called. */
export function hook(facts: MemoryFacts = {}, event: HookEvent = { hook: 'config-changed' }, cwd = '/nowhere'): Hook {
  const model = new MemoryModel(facts);
  const context = new HookContext({ model, unit: 'w/0', event });
  const run = async (stdin: string | null, command: string, args: readonly string[]) => {
    const result = await executeHookCommand(context, { command, args, cwd, stdin });
    return result.exitCode === 0
      ? `${result.stdout}${result.stderr}`
      : `${result.exitCode} ${result.stdout}${result.stderr}`;
  };
  return {
    model,
    context,
    call: (command, ...args) => run(null, command, args),
    callWith: (stdin, command, ...args) => run(stdin, command, args),
  };
}
