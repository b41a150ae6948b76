import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageError } from '../../../../src/controller/hook/command-error.ts';
import { parseFlags } from '../../../../src/controller/hook/flags.ts';
import { goJson } from '../../../../src/controller/hook/output.ts';
import { hookCommands } from '../../../../src/controller/hook/table.ts';
import { hook } from './call.ts';
import type { MemoryFacts } from './memory-model.ts';

const related: MemoryFacts = {
  config: { key: 'value', number: 1 },
  relations: [{ id: 7, endpoint: 'database', remoteApp: 'pg', remoteUnits: ['pg/0'] }],
  databags: { '7 w/0': { kept: '1', dropped: '2' }, '7 pg/0': { host: 'h' } },
  secrets: { '9m4e2mr0ui3e8a215n4g': { owner: 'unit-w-0', revisions: [{ token: 'x' }] } },
};

const word = fc.oneof(
  fc.constantFrom(
    '-',
    '--',
    '',
    '7',
    'database:7',
    'pg/0',
    'pg',
    'w/0',
    'w',
    'key',
    'active',
    '80/tcp',
    'k=v',
    '=',
    'a.b=c',
    '__proto__=1',
    '__proto__',
  ),
  fc.constantFrom(
    '--format=json',
    '--format',
    '-o',
    '-r',
    '--relation',
    '--app',
    '--file',
    '--file=-',
    '--label',
    '--peek',
    '--refresh',
    '-r7',
    '--help',
    '-h',
  ),
  fc.constantFrom(
    '9m4e2mr0ui3e8a215n4g',
    'secret:9m4e2mr0ui3e8a215n4g',
    '--owner=unit',
    '--expire=1h',
    '--rotate=daily',
    'token=1',
    'token#base64=AA==',
  ),
  // Without a slash, so that no output option can name a real place.
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('/', '')),
);

test('whatever a charm calls, it is answered with an exit code, and errors are told as errors', async () => {
  const command = fc.constantFrom(...Object.keys(hookCommands), 'no-such-command', '__proto__');
  await fc.assert(
    fc.asyncProperty(command, fc.array(word, { maxLength: 6 }), fc.option(fc.string()), async (name, args, stdin) => {
      const { call, callWith, context } = hook(related, undefined, '/nowhere/at/all');
      const answer = stdin === null ? await call(name, ...args) : await callWith(stdin, name, ...args);
      expect(answer).not.toContain('internal error');
      expect(answer).toMatch(/^(?![3-9] )/);
      try {
        context.commit();
      } catch (error) {
        expect((error as Error).message).toMatch(/permission denied|not found/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('reading a databag in a hook gives what a commit of its writes would make of it', async () => {
  const key = fc.constantFrom('kept', 'dropped', 'a', 'b');
  const write = fc.array(fc.tuple(key, fc.constantFrom('', '1', '2', 'x y')), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 5 }), async (writes) => {
      const { call, context, model } = hook(related);
      for (const pairs of writes) {
        await call(
          'relation-set',
          '-r',
          '7',
          ...Object.entries(Object.fromEntries(pairs)).map(([k, v]) => `${k}=${v}`),
        );
      }
      const seen = JSON.parse(await call('relation-get', '-r', '7', '-', 'w/0', '--format=json'));
      context.commit();
      const stored: Record<string, string> = { ...related.databags!['7 w/0'] };
      for (const [k, v] of Object.entries(model.commits[0]!.settings[0]?.changes ?? {})) {
        // A change that changes nothing would wake the other side for nothing.
        expect(stored[k] ?? '').not.toBe(v);
        stored[k] = v;
      }
      expect(seen).toEqual(Object.fromEntries(Object.entries(stored).filter(([, v]) => v !== '')));
    }),
  );
});

test('options may stand before and after arguments', () => {
  const spec = { app: 'bool', r: 'string', relation: '=r' } as const;
  const option = fc.constantFrom<readonly string[]>(
    ['--app'],
    ['--app=true'],
    ['-r', 'x'],
    ['-rx'],
    ['--relation', 'x'],
    ['--relation=x'],
    ['--r=x'],
  );
  fc.assert(
    fc.property(fc.shuffledSubarray(['a', 'b', 'c', '-']), fc.array(fc.tuple(fc.nat(4), option)), (words, options) => {
      const line: (readonly string[])[] = words.map((each) => [each]);
      for (const [at, each] of options) {
        line.splice(at, 0, each);
      }
      const { args, flags } = parseFlags(spec, line.flat(), () => null);
      expect(args).toEqual(words);
      const written = options.map(([, each]) => each.join(' '));
      expect(flags.bool('app')).toBe(written.some((each) => each.startsWith('--app')));
      expect(flags.text('r')).toBe(written.some((each) => each.includes('x')) ? 'x' : undefined);
    }),
  );
});

test('everything behind -- is an argument', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      expect(parseFlags({}, ['--', ...words], () => null).args).toEqual(words);
    }),
  );
});

test('a cluster of short options ends with the one that takes a value', () => {
  const spec = { a: 'bool', b: 'bool', r: 'string' } as const;
  const { flags } = parseFlags(spec, ['-abr7'], () => null);
  expect([flags.bool('a'), flags.bool('b'), flags.text('r')]).toEqual([true, true, '7']);
  expect(() => parseFlags(spec, ['-ax'], () => null)).toThrow(new UsageError('option provided but not defined: -x'));
});

test("JSON in Go's form is JSON with the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(goJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
