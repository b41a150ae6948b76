import { afterEach, expect, test } from 'vitest';
import { type HealthServer, type HealthServerOptions, serveHealth } from '../../../worker-kit/src/health.ts';

let server: HealthServer | undefined;
afterEach(async () => {
  await server?.close();
});

const running: ReturnType<HealthServerOptions['status']> = {
  runState: 'RUNNING',
  workflowPollerState: 'POLLING',
  activityPollerState: 'POLLING',
  hasOutstandingWorkflowPoll: true,
  hasOutstandingActivityPoll: true,
  numInFlightWorkflowActivations: 2,
  numInFlightActivities: 3,
  numInFlightNonLocalActivities: 3,
  numInFlightLocalActivities: 0,
  numCachedWorkflows: 4,
  numHeartbeatingActivities: 0,
};

async function get(path: string, options: Partial<HealthServerOptions> = {}) {
  const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  server = await serveHealth({
    address: '127.0.0.1:0',
    about: { identity: 'worker/0', namespace: 'test', taskQueue: 'q' },
    status: () => running,
    evidence: async () => ({ seen: true }),
    expiries: () => ({}),
    logger: silent,
    ...options,
  });
  const response = await fetch(`http://${server.address}${path}`);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

test.each([
  { name: 'polls that the server has seen', options: {}, status: 200 },
  { name: 'polls that the server has not seen', options: { evidence: async () => ({ seen: false }) }, status: 503 },
  {
    name: 'a server that does not tell',
    options: { evidence: async () => ({ seen: null, why: 'denied' }) },
    status: 200,
  },
  {
    name: 'a worker that drains',
    options: { status: () => ({ ...running, runState: 'DRAINING' as const }) },
    status: 503,
  },
  {
    name: 'pollers that have ended',
    options: {
      status: () => ({ ...running, workflowPollerState: 'SHUTDOWN' as const, activityPollerState: 'FAILED' as const }),
    },
    status: 503,
  },
  {
    name: 'a worker without activities',
    options: { status: () => ({ ...running, activityPollerState: 'SHUTDOWN' as const }) },
    status: 200,
  },
])('/healthz answers $status for $name', async ({ options, status }) => {
  expect((await get('/healthz', options)).status).toBe(status);
});

test("/metrics has the kit's gauges, and none for what does not end", async () => {
  const { text } = await get('/metrics', {
    expiries: () => ({
      token_expiry_timestamp_seconds: 1_800_000_000,
      certificate_expiry_timestamp_seconds: undefined,
    }),
  });
  expect(text.split('\n').filter((line) => line && !line.startsWith('#'))).toEqual([
    'temporal_worker_kit_running 1',
    'temporal_worker_kit_workflow_activations 2',
    'temporal_worker_kit_activities 3',
    'temporal_worker_kit_cached_workflows 4',
    'temporal_worker_kit_token_expiry_timestamp_seconds 1800000000',
  ]);
});

test.each([
  {
    name: 'the plain format',
    type: 'text/plain; version=0.0.4',
    own: 'orders 7\n',
    first: /^orders 7\n# HELP/,
    last: /cached_workflows 4\n$/,
  },
  {
    name: 'OpenMetrics',
    type: 'application/openmetrics-text',
    own: 'orders 7\n# EOF\n',
    first: /^orders 7\n# HELP/,
    last: /cached_workflows 4\n# EOF\n$/,
  },
])("/metrics has the program's own metrics in $name as well", async ({ type, own, first, last }) => {
  const answer = await get('/metrics', { workloadMetrics: { contentType: type, metrics: async () => own } });
  expect(answer.type).toBe(type);
  expect(answer.text).toMatch(first);
  expect(answer.text).toMatch(last);
});

test('a failing metrics function costs its request, not the server', async () => {
  const failing = { contentType: 'text/plain', metrics: async () => Promise.reject(new Error('broken')) };
  expect((await get('/metrics', { workloadMetrics: failing })).status).toBe(500);
  expect((await fetch(`http://${server?.address}/healthz`)).status).toBe(200);
});
