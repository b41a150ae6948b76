import { Failure } from './failure.ts';
import { Interrupted } from './io.ts';
import type { Invocation } from './verb.ts';

/**
 * Asks on stderr and reads a line of stdin. Rejects with Juju's words (`application removal: aborted`) unless the answer
 * passes. At the end of stdin nobody can answer; the error then names the option that asks nothing.
 */
export async function confirm(
  call: Invocation,
  question: string,
  accepts: (answer: string) => boolean,
  what: string,
): Promise<void> {
  // Ctrl-C may have come before there was a question.
  call.signal.throwIfAborted();
  call.stderr.write(question);
  const answer = await readLine(call);
  if (answer === undefined) {
    call.stderr.write('\n');
    throw new Failure(`${what}: aborted (nobody answered; --no-prompt asks nothing)`);
  }
  if (!accepts(answer.trim())) throw new Failure(`${what}: aborted`);
}

/** The default of a yes-or-no question is no. */
export function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer);
}

async function readLine(call: Invocation): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  call.signal.throwIfAborted();
  const lines = createInterface({ input: call.stdin, terminal: false });
  return await new Promise((resolve, reject) => {
    let answered = false;
    call.signal.addEventListener('abort', () => {
      // First, because closing tells at once that there is no answer.
      reject(call.signal.reason instanceof Interrupted ? call.signal.reason : new Failure('aborted'));
      lines.close();
    });
    lines.once('line', (line) => {
      answered = true;
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      if (!answered) resolve(undefined);
      call.stdin.destroy();
    });
  });
}
