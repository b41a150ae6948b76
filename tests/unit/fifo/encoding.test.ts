import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCall, renderAnswer } from '../../../src/fifo/encoding.ts';

/** Text that an argument can have: everything but NUL. */
const argument = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));

test('a record gives back the call that was written, whatever its texts', () => {
  fc.assert(
    fc.property(fc.array(argument), argument, argument, fc.boolean(), (argv, cwd, program, hasStdin) => {
      const fields = [hasStdin ? 'in' : '-', 'w/0-install-1', cwd, program, ...argv];
      const record = Buffer.from(fields.map((field) => `${field}\0`).join(''));
      expect(parseCall(record)).toEqual({ context: 'w/0-install-1', cwd, program, argv, hasStdin });
    }),
  );
});

for (const { name, record } of [
  { name: 'nothing', record: '' },
  { name: 'a record whose end is missing', record: '-\0c\0/\0config-get\0--for' },
  { name: 'a record without a program', record: '-\0c\0/\0' },
]) {
  test(`refuses ${name}`, () => {
    expect(parseCall(Buffer.from(record))).toBeNull();
  });
}

test('printf of the shell gives back every short text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const { line, rest } = renderAnswer({ exitCode: 0, stdout: text, stderr: '' });
      if (rest !== null) {
        expect(rest).toBe(text);
        return;
      }
      const script = `IFS=' ' read -r code out err; printf %b "\${out#=}"; printf '<%s%s>' "$code" "$err"`;
      expect(execFileSync('sh', ['-c', script], { input: line, encoding: 'utf8' })).toBe(`${text}<0=>`);
    }),
    { numRuns: 60 },
  );
});

test('long text follows the line as it is', () => {
  const text = 'x'.repeat(100_000);
  expect(renderAnswer({ exitCode: 300, stdout: text, stderr: 'a b\n' })).toEqual({
    line: '44 @ =a\\0040b\\n\n',
    rest: text,
  });
});
