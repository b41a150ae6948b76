import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration, renderDuration } from '../../../charm/duration.ts';
import { parseHost, renderHost } from '../../../charm/host.ts';
import { emptyMemory, parseMemory, renderMemory } from '../../../charm/memory.ts';
import { pythonRepr } from '../../../charm/python-repr.ts';
import { tag } from '../../../charm/tag.ts';

test.each([
  ['default', "'default'"],
  ["it's", `"it's"`],
  [`it's "q"`, `'it\\'s "q"'`],
  ['qué"\\n\t', `'qué"\\\\n\\t'`],
  ['\u0000\u00a0\u2028', `'\\x00\\xa0\\u2028'`],
  ['😀\u{e0001}', "'😀\\U000e0001'"],
])('quotes %j as Python does', (text, quoted) => {
  expect(pythonRepr(text)).toBe(quoted);
});

test.each([
  ['localhost', 'localhost:7233'],
  ['localhost:1', 'localhost:1'],
  ['temporal-k8s.model.svc.cluster.local:7233', 'temporal-k8s.model.svc.cluster.local:7233'],
  ['10.0.0.1', '10.0.0.1:7233'],
  ['::1', '[::1]:7233'],
  ['[fd00::1]:7234', '[fd00::1]:7234'],
  ['[fd00::1]', '[fd00::1]:7233'],
])('reads host %s', (text, dialled) => {
  const address = parseHost(text);
  expect(address && renderHost(address)).toBe(dialled);
});

test.each(['', ' ', 'a b', 'http://t', 'dns:///t', 't:', 't:0', 't:x', ':7233', '-t', 'a/b', 't:7233:7'])(
  'refuses host %j',
  (text) => {
    expect(parseHost(text)).toBeNull();
  },
);

test('writes durations as Go does and reads them back', () => {
  expect([0, 500, 1500, 30_000, 90_000, 300_000, 3_600_000].map(renderDuration)).toEqual([
    '0s',
    '500ms',
    '1.5s',
    '30s',
    '1m30s',
    '5m0s',
    '1h0m0s',
  ]);
  fc.assert(
    fc.property(fc.nat(10_000_000), (ms) => {
      expect(parseDuration(renderDuration(ms))).toBeCloseTo(ms, 3);
    }),
  );
});

test('forgets a memory that it did not write', () => {
  for (const text of [undefined, '', 'null', '{', '[]', '{"version":2}', '7'])
    expect(parseMemory(text)).toEqual(emptyMemory);
});

test('reads back the memory that it wrote', () => {
  const memory = { ...emptyMemory, confirmed: { since: 's', at: 1, verified: true, why: '' } };
  expect(parseMemory(renderMemory(memory))).toEqual(memory);
});

test('gives different texts different tags', () => {
  const strings = fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 200 });
  fc.assert(
    fc.property(strings, (texts) => {
      expect(new Set(texts.map(tag)).size).toBe(texts.length);
    }),
  );
});
