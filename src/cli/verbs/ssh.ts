import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { quote } from 'shlex';
import type { ProcessSpec } from '../../controller/api.ts';
import { Failure, usageError } from '../failure.ts';
import { unitsOf } from '../leader.ts';
import { isUnitOrLeader } from '../names.ts';
import type { Verb } from '../verb.ts';

/** A shell as good as there is. */
const shell = ['/bin/sh', '-c', 'if command -v bash >/dev/null 2>&1; then exec bash; fi; exec sh'];

export const verb: Verb = {
  args: '[--container <container>] <unit> [<command> ...]',
  purpose: "Run a command, or a shell, inside a unit's container; without --container beside its charm.",
  details: 'What comes after the unit is the command, with its own options. Its exit code is that of charmlet.',
  examples: [
    'ssh --container temporal-worker temporal-worker-k8s/0',
    'ssh --container temporal-worker temporal-worker-k8s/0 /charm/bin/pebble logs temporal-worker -f',
    'ssh temporal-worker-k8s/0 ls',
  ],
  rest: 'remote',
  options(command) {
    command
      .option('--container <container>', 'container of the unit (default: where its charm is)')
      .option('--pty', 'accepted for Juju')
      .option('--no-host-key-checks', 'accepted for Juju')
      .option('--proxy', 'accepted for Juju')
      .option('--remote', 'accepted for Juju');
  },
  async run(call) {
    const [target, ...rest] = call.args;
    if (target === undefined) throw usageError('no target name specified');
    const name = target.replace(/^[\w-]+@/, '');
    if (!isUnitOrLeader(name)) throw usageError(`invalid unit name "${target}" (a unit such as app/0, or app/leader)`);
    const words = rest[0] === '--' ? rest.slice(1) : rest;
    const [unit = name] = await unitsOf(call, [name]);
    const container =
      typeof call.options.container === 'string' && call.options.container !== 'charm'
        ? { container: call.options.container }
        : {};
    // Beside the charm there is always a shell, which the controller starts; in a container the program may be all there is.
    const command = !('container' in container) ? [...words] : commandOf(words);
    try {
      const { argv, env, cwd } = await call.client.call('workload', { unit, ...container, command });
      return await runHere({ argv, cwd, env: { ...terminal(call.env), ...env } });
    } catch (error) {
      if (!(error instanceof Failure) || !/executable file not found|no such file/.test(error.message)) throw error;
      // What a shell over there would have said and ended with.
      call.stderr.write(`sh: ${words[0]}: not found\n`);
      return 127;
    }
  },
};

/** As ssh does it, the words are a line for the far shell; plain words need none. */
function commandOf(words: readonly string[]): string[] {
  if (words.length === 0) return shell;
  return words.every((word) => quote(word) === word) && !(words[0] ?? '').includes('=')
    ? [...words]
    : ['/bin/sh', '-c', words.join(' ')];
}

/** What programs must know of the terminal they write to. */
function terminal({ TERM, COLORTERM }: NodeJS.ProcessEnv): Record<string, string> {
  return { ...(TERM ? { TERM } : {}), ...(COLORTERM ? { COLORTERM } : {}) };
}

/** Starts the process with this terminal and resolves to its exit code, 128 + n after signal n. */
async function runHere({ argv, env, cwd }: ProcessSpec): Promise<number> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Failure('internal error: the controller named no program to start');
  // The terminal sends Ctrl-C to the whole group: the command decides what it means, not we.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => {});
  }
  const child = spawn(program, args, { env, cwd, stdio: 'inherit' });
  process.removeAllListeners('SIGTERM');
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Failure(`cannot start "${program}": ${cause.message}`, 1, { cause })));
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
