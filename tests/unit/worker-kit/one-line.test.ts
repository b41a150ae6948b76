import { expect, test } from 'vitest';
import { KitError } from '../../../worker-kit/src/kit-error.ts';
import { oneLine } from '../../../worker-kit/src/one-line.ts';

test.each([
  { name: 'an error', error: new Error('plain\n  words'), line: 'plain words' },
  { name: 'the innermost cause', error: new Error('outer', { cause: new Error('inner') }), line: 'inner' },
  {
    name: "the kit's own sentence, whatever its cause",
    error: new KitError('cannot x: y', { cause: new Error('z') }),
    line: 'cannot x: y',
  },
  {
    name: "gRPC's details",
    error: Object.assign(new Error('5 NOT_FOUND'), { details: 'namespace not found' }),
    line: 'namespace not found',
  },
  {
    name: 'the last message of a native structure',
    error: new Error('Status { message: "transport error", source: Error { message: "refused" } }'),
    line: 'refused',
  },
  { name: 'what is no error', error: 'text', line: 'text' },
])('takes $name', ({ error, line }) => {
  expect(oneLine(error)).toBe(line);
});
