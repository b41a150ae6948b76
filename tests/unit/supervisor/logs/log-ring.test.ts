import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from '../../../../src/supervisor/logs/line-splitter.ts';
import { LogRing, mergedByTime } from '../../../../src/supervisor/logs/log-ring.ts';

test('lines are the same wherever the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !line.includes('\n'))),
      fc.array(fc.nat(50)),
      (lines, cuts) => {
        const data = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const splitter = new LineSplitter();
        const read: string[] = [];
        let at = 0;
        for (const cut of cuts) {
          read.push(...splitter.push(data.subarray(at, at + cut)));
          at += cut;
        }
        read.push(...splitter.push(data.subarray(at)), ...splitter.flush());
        expect(read).toEqual(lines.map((line) => Buffer.from(line).toString()));
      },
    ),
  );
});

test('a line without an end is given out in pieces, and what is left of it at the end', () => {
  const splitter = new LineSplitter();
  expect(splitter.push(Buffer.alloc(20_000, 'x')).map((piece) => piece.length)).toEqual([16_384]);
  expect(splitter.flush().map((piece) => piece.length)).toEqual([3616]);
  expect(splitter.flush()).toEqual([]);
});

test('a ring keeps the newest 100 KiB, and gives the newest lines in their order', () => {
  const ring = new LogRing('w');
  for (let n = 0; n < 3000; n += 1) ring.add([`${n} ${'x'.repeat(70)}`]);
  const all = ring.last(-1);
  expect(all.length).toBeGreaterThan(900);
  expect(all.length).toBeLessThan(1100);
  expect(ring.last(2).map(({ message }) => message.split(' ')[0])).toEqual(['2998', '2999']);
  expect(ring.last(0)).toEqual([]);
});

test('followers are told of new lines, and read on from where they were', () => {
  const ring = new LogRing('w');
  ring.add(['before']);
  let at = ring.next;
  const seen: string[] = [];
  const end = ring.follow(() => {
    seen.push(...ring.from(at).map(({ message }) => message));
    at = ring.next;
  });
  ring.add(['one', 'two']);
  end();
  ring.add(['after']);
  expect(seen).toEqual(['one', 'two']);
  for (let n = 0; n < 3000; n += 1) ring.add([`${n} ${'x'.repeat(70)}`]);
  expect(ring.from(at)).toEqual(ring.last(-1));
});

test('lines of several services are merged by time and stay in order within a service', () => {
  const entry = (time: string, service: string, message: string) => ({ time, service, message });
  expect(
    mergedByTime([
      [entry('1', 'a', 'x'), entry('2', 'a', 'y')],
      [entry('1', 'b', 'z'), entry('3', 'b', 'u')],
    ]).map(({ message }) => message),
  ).toEqual(['x', 'z', 'y', 'u']);
});
