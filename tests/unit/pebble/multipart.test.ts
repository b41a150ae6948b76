import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multipartBoundary, parseMultipart, renderMultipart } from '../../../src/pebble/multipart.ts';

test('any content under any path comes back as it was', () => {
  const file = fc.record({ filename: fc.string().filter((name) => !/[\r\n]/.test(name)), content: fc.uint8Array() });
  fc.assert(
    fc.property(fc.array(file, { minLength: 1 }), (files) => {
      const parts = files.map(({ filename, content }) => ({ name: 'files', filename, content: Buffer.from(content) }));
      const { contentType, body } = renderMultipart(parts);
      const read = parseMultipart(body, multipartBoundary(contentType) ?? '');
      expect(read.map(({ name, filename, content }) => ({ name, filename, content: Buffer.from(content) }))).toEqual(
        parts,
      );
    }),
  );
});

test.each([
  ['multipart/form-data; boundary=abc', 'abc'],
  ['multipart/form-data; charset=x; boundary="a b"', 'a b'],
  ['application/json', null],
  ['multipart/form-data', null],
])('the boundary of %s is %s', (header, boundary) => {
  expect(multipartBoundary(header)).toBe(boundary);
});

test.each(['', '--x', '--b\r\n', '--b\r\nContent-Disposition: a\r\n\r\nno end', 'text before --b\r\n'])(
  'a body that is cut off or none at all is refused: %j',
  (text) => expect(() => parseMultipart(Buffer.from(text), 'b')).toThrow(),
);
