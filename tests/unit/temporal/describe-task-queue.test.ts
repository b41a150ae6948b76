import { temporal } from '@temporalio/proto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePollers, encodeQuestion } from '../../../src/temporal/describe-task-queue.ts';
import { decodeFields } from '../../../src/temporal/protobuf.ts';

const { DescribeTaskQueueRequest, DescribeTaskQueueResponse } = temporal.api.workflowservice.v1;

test("writes requests that Temporal's own code reads back", () => {
  const read = (of: 'workflow' | 'activity' | 'nexus' | 'all') => {
    const request = DescribeTaskQueueRequest.decode(encodeQuestion({ namespace: 'ns', queue: 'q é', of }));
    return DescribeTaskQueueRequest.toObject(request);
  };
  expect(read('activity')).toEqual({ namespace: 'ns', taskQueue: { name: 'q é' }, taskQueueType: 2 });
  expect(read('nexus')).toMatchObject({ taskQueueType: 3 });
  expect(read('all')).toMatchObject({ taskQueueType: 1, apiMode: 1, taskQueueTypes: [1, 2, 3], reportPollers: true });
});

test("reads the pollers of an answer that Temporal's own code wrote, wherever they stand", () => {
  const poller = (identity: string, seconds: number) => ({
    identity,
    lastAccessTime: { seconds: seconds as never, nanos: 250_000_000 },
    ratePerSecond: 100_000,
  });
  const answer = DescribeTaskQueueResponse.encode({
    pollers: [poller('old', 1_795_000_000)],
    versionsInfo: {
      '': { typesInfo: { 1: { pollers: [poller('a', 1_795_000_001)] }, 2: { pollers: [poller('b', 1_795_000_002)] } } },
    },
  }).finish();
  expect(decodePollers(Buffer.from(answer))).toEqual([
    { identity: 'old', lastAccess: 1_795_000_000_250 },
    { identity: 'a', lastAccess: 1_795_000_001_250 },
    { identity: 'b', lastAccess: 1_795_000_002_250 },
  ]);
});

test('ends with an answer or an error, whatever bytes come', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        expect(Array.isArray(decodeFields(Buffer.from(bytes)))).toBe(true);
      } catch (error) {
        expect((error as Error).message).toMatch(/^cannot decode a message/);
      }
    }),
  );
});
