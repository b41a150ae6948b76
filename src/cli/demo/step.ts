import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { join as joinWords, quote } from 'shlex';
import { Failure } from '../failure.ts';
import type { Invocation } from '../verb.ts';

/** The checkout that this file is part of; the printed commands work from here. */
export const root = join(import.meta.dirname, '../../..');

export interface Step {
  /** Why, in a few words. */
  readonly why: string;
  /** Program and arguments as a user would type them in the checkout. */
  readonly words: readonly string[];
  /** Variables that are printed in front of the command. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Prints a step as a command that a user could type, runs it with this terminal, and rejects when it fails. */
export async function runStep(call: Invocation, step: Step): Promise<void> {
  const typed = [
    ...Object.entries(step.env ?? {}).map(([name, value]) => `${name}=${quote(value)}`),
    joinWords([...step.words]),
  ].join(' ');
  const [dim, bold, plain] =
    call.stdout.isTTY && call.env.NO_COLOR === undefined ? ['\x1b[2m', '\x1b[1m', '\x1b[0m'] : ['', '', ''];
  call.out(`\n${dim}# ${step.why}${plain}\n${bold}$ ${typed}${plain}\n`);
  const code = await run(call, step);
  call.signal.throwIfAborted();
  if (code !== 0) {
    throw new Failure(
      `the demo stopped: "${typed}" ended with code ${code} (look at: ./charmlet status, and ./charmlet debug-log --replay --no-tail --level WARNING)`,
    );
  }
}

async function run(call: Invocation, { words, env }: Step): Promise<number> {
  const [program = '', ...args] = words;
  const ours = program === './charmlet';
  const argv = ours ? [join(root, 'src/bin/charmlet.ts'), ...args] : args;
  const child = spawn(ours || program === 'node_modules/.bin/node' ? process.execPath : program, argv, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // Relative directories were meant from where the demo was started.
    env: { ...call.env, CHARMLET_DATA: call.paths.data, CHARMLET_CACHE: call.paths.cache, ...env },
  });
  return await new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Failure(`cannot start "${program}": ${cause.message}`, 1, { cause })));
    child.once('close', (code) => resolve(code ?? 1));
  });
}
