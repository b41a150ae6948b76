import type { NativeConnection } from '@temporalio/worker';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parsePollCount } from '../../../worker-kit/src/poll-count.ts';
import { PollerWatch } from '../../../worker-kit/src/poller-evidence.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A server whose clock is `ahead` of ours, and that lists these pollers; `looks` counts the questions. */
function server(ahead = 0) {
  const state = { pollers: [] as { identity: string; at: number }[], looks: 0, denied: '' };
  const connection = {
    withDeadline: (_: unknown, ask: () => unknown) => ask(),
    workflowService: {
      describeTaskQueue: async () => {
        state.looks++;
        if (state.denied) throw new Error(state.denied);
        return {
          pollers: state.pollers.map(({ identity, at }) => ({
            identity,
            lastAccessTime: { seconds: Math.floor((at + ahead) / 1000), nanos: 0 },
          })),
        };
      },
    },
  } as unknown as NativeConnection;
  const polled = (identity: string) => {
    state.pollers = [...state.pollers.filter((poller) => poller.identity !== identity), { identity, at: Date.now() }];
  };
  const watch = () =>
    PollerWatch.start({ connection: () => connection, namespace: 'test', taskQueue: 'q', identity: 'ours' });
  return { state, polled, watch };
}

test.each([0, 3_600_000, -3_600_000])('sees a poll after the start, with a clock %d ms ahead', async (ahead) => {
  const { polled, watch } = server(ahead);
  polled('ours');
  const ours = await watch();
  polled('others');
  expect(await ours.evidence()).toEqual({ seen: false, why: 'no poll yet' });
  await vi.advanceTimersByTimeAsync(3000);
  polled('ours');
  expect(await ours.evidence()).toMatchObject({ seen: true });
});

test.each([0, 3_600_000, -3_600_000])(
  'a process that polls no more is not seen after 150 s, with a clock %d ms ahead',
  async (ahead) => {
    const { polled, watch } = server(ahead);
    const ours = await watch();
    polled('ours');
    await vi.advanceTimersByTimeAsync(5000);
    await vi.advanceTimersByTimeAsync(145_000);
    expect(await ours.evidence()).toMatchObject({ seen: true });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await ours.evidence()).toMatchObject({ seen: false, why: 'no poll for 155 s' });
  },
);

test('does not know when the server does not tell', async () => {
  const { state, watch } = server();
  state.denied = 'not allowed';
  expect(await (await watch()).evidence()).toEqual({ seen: null, why: 'not allowed' });
});

test('many questions at once cost the server one look', async () => {
  const { state, watch } = server();
  const ours = await watch();
  const before = state.looks;
  await Promise.all(Array.from({ length: 50 }, () => ours.evidence()));
  expect(state.looks - before).toBe(2);
});

const counted = (name: string, operation: string, value: number, more = '') =>
  `temporal_${name}{namespace="test",operation="${operation}",service_name="temporal-core-sdk"${more}} ${value}\n`;

test("the SDK's count of polls adds up what its metrics say of each kind", () => {
  const metrics = [
    '# TYPE temporal_long_request counter\n',
    counted('long_request', 'PollWorkflowTaskQueue', 30),
    counted('long_request', 'PollActivityTaskQueue', 20),
    counted('long_request', 'GetWorkflowExecutionHistory', 7),
    counted('long_request_latency_count', 'PollWorkflowTaskQueue', 25),
    counted('long_request_latency_bucket', 'PollWorkflowTaskQueue', 25, ',le="50"'),
    counted('long_request_failure', 'PollWorkflowTaskQueue', 4, ',status_code="UNAVAILABLE"'),
    counted('long_request_failure', 'PollWorkflowTaskQueue', 3, ',status_code="PERMISSION_DENIED"'),
  ];
  expect(parsePollCount(metrics.join(''))).toEqual({
    underWay: 25,
    failed: 7,
    errors: ['PERMISSION_DENIED', 'UNAVAILABLE'],
  });
});

test('there is no count where the metrics have other names, or are none', () => {
  const renamed = counted('long_request_total', 'PollWorkflowTaskQueue', 10);
  for (const text of ['', '<html>', renamed]) expect(() => parsePollCount(text)).toThrow('has not counted a poll yet');
});
