import type { FifoAnswer, FifoCall } from './call.ts';

/** Above this size the answer's text is sent as it is, for `cat` to copy: the shell reads byte by byte. */
const inlineBytes = 3000;

/**
 * Reads what a client wrote: fields that end in NUL each: `in` or `-` (is there standard input), the context, the
 * working directory, the program, its arguments. Null for a record that is cut off.
 */
export function parseCall(record: Buffer): (Omit<FifoCall, 'stdin'> & { readonly hasStdin: boolean }) | null {
  if (record.length === 0 || record[record.length - 1] !== 0) {
    return null;
  }
  const [input, context, cwd, program, ...argv] = record.toString('utf8', 0, record.length - 1).split('\0');
  if (input === undefined || context === undefined || cwd === undefined || program === undefined) {
    return null;
  }
  return { hasStdin: input === 'in', context, cwd, program, argv };
}

/**
 * The line that a client reads: exit code, standard output, standard error. A text is `=` and what `printf %b`
 * understands, without a blank in it; an output of `@` follows after the line as it is, to the end of the pipe.
 */
export function renderAnswer(answer: FifoAnswer): { readonly line: string; readonly rest: string | null } {
  const inline = answer.stdout.length <= inlineBytes && !hasUnprintable(answer.stdout);
  const stdout = inline ? escapeText(answer.stdout) : '@';
  return {
    line: `${answer.exitCode & 255} ${stdout} ${escapeText(answer.stderr)}\n`,
    rest: inline ? null : answer.stdout,
  };
}

// NUL and its like are left to `cat`: shells differ in what printf makes of them.
function hasUnprintable(text: string): boolean {
  return /[\0-\x08\x0b-\x1f\x7f]/.test(text);
}

function escapeText(text: string): string {
  return `=${text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll(' ', '\\0040')
    .replaceAll(/[\0-\x1f\x7f]/g, (c) => `\\0${c.charCodeAt(0).toString(8).padStart(3, '0')}`)}`;
}
