import { close, read } from 'node:fs';
import type { HookCommandRunner } from '../hookcmds/runner.ts';
import { endpoints } from './relation-facts.ts';

/**
 * The hook commands that every dispatch needs. The `dispatch` script of the packed charm starts them before Node, each
 * with its output on one of these file descriptors, so that they run while Node loads.
 */
export const prefetched: readonly {
  readonly fd: number;
  readonly command: string;
  readonly args: readonly string[];
}[] = [
  { fd: 3, command: 'config-get', args: ['--format=json'] },
  { fd: 4, command: 'state-get', args: ['--format=json'] },
  { fd: 5, command: 'is-leader', args: ['--format=json'] },
  { fd: 0, command: 'status-get', args: ['--format=json', '--include-data', '--application=false'] },
];

/**
 * The command that is asked once for each endpoint, all at the same time. A shell has few descriptors, so that these
 * answers share one: a line each, the endpoint and the answer.
 */
export const prefetchedEach = { fd: 6, command: 'relation-ids', args: ['--format=json'], of: endpoints } as const;

/**
 * Takes the first answer to such a command from its descriptor, everything else from `runner`. An answer that is not
 * there (the command failed, its exit code is lost) is asked for again, so that the error is told as always.
 */
export function prefetchedRunner(runner: HookCommandRunner): HookCommandRunner {
  const answers = new Map(prefetched.map(({ fd, command, args }) => [line(command, args), readAll(fd)]));
  const shared = readAll(prefetchedEach.fd).then(byFirstWord);
  for (const endpoint of prefetchedEach.of)
    answers.set(
      line(prefetchedEach.command, [...prefetchedEach.args, endpoint]),
      shared.then((lines) => lines.get(endpoint) ?? ''),
    );
  return {
    async run(command, args, stdin) {
      const key = line(command, args);
      const answer = stdin === undefined ? await answers.get(key) : undefined;
      answers.delete(key);
      if (answer && isWhole(answer)) return { exitCode: 0, stdout: answer, stderr: '' };
      return stdin === undefined ? runner.run(command, args) : runner.run(command, args, stdin);
    },
  };
}

function byFirstWord(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').map((each) => {
      const end = each.indexOf(' ');
      return [each.slice(0, end), each.slice(end + 1)] as const;
    }),
  );
}

function line(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ');
}

/** A command that was killed half-way leaves half an answer. */
function isWhole(answer: string): boolean {
  try {
    JSON.parse(answer);
    return true;
  } catch {
    return false;
  }
}

function readAll(fd: number): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const next = () => {
      const buffer = Buffer.allocUnsafe(65536);
      read(fd, buffer, 0, buffer.length, null, (error, size) => {
        if (error === null && size > 0) {
          chunks.push(buffer.subarray(0, size));
          next();
          return;
        }
        if (fd !== 0) close(fd, () => undefined);
        resolve(error === null ? Buffer.concat(chunks).toString('utf8') : '');
      });
    };
    next();
  });
}
