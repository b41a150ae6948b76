import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger, WorkerStatus } from '@temporalio/worker';
import type { PollerEvidence } from './poller-evidence.ts';
import { splitAddress } from './settings/address.ts';

/** What `/healthz` answers, with status 200 when `healthy` and 503 otherwise. */
export interface HealthReport {
  /** The worker runs, its pollers run, and the server has seen a poll of it, or does not tell. */
  readonly healthy: boolean;
  readonly identity: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly runState: WorkerStatus['runState'];
  readonly workflowPollerState: WorkerStatus['workflowPollerState'];
  readonly activityPollerState: WorkerStatus['activityPollerState'];
  readonly poller: PollerEvidence;
}

/** Metrics of the program's own, such as `register` of prom-client. */
export interface WorkloadMetrics {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export interface HealthServerOptions {
  /** `address:port`; port 0 for a free one. */
  readonly address: string;
  readonly about: Pick<HealthReport, 'identity' | 'namespace' | 'taskQueue'>;
  readonly status: () => WorkerStatus;
  readonly evidence: () => Promise<PollerEvidence>;
  /** Further gauges by name, in seconds since 1970; absent ones are left out. */
  readonly expiries: () => Readonly<Record<string, number | undefined>>;
  readonly workloadMetrics?: WorkloadMetrics | undefined;
  readonly logger: Logger;
}

export interface HealthServer {
  /** `address:port` as bound. */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves `/healthz` and `/metrics`. Throws when it cannot listen. */
export async function serveHealth(options: HealthServerOptions): Promise<HealthServer> {
  const startedAt = new Date().toISOString();
  const server = createServer((request, response) => {
    answer(request, response, { ...options, startedAt }).catch((error) => {
      options.logger.warn('health request failed', { reason: String(error) });
      if (!response.headersSent) response.writeHead(500).end('internal error\n');
    });
  });
  const { host, port } = splitAddress(options.address);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host: host.replace(/^\[|\]$/g, ''), port }, resolve);
  });
  return { address: boundTo(server, host), close: () => closed(server) };
}

type Context = HealthServerOptions & { readonly startedAt: string };

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const path = request.url?.split('?')[0];
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
  } else if (path === '/healthz') {
    const report = await healthReport(context);
    response.writeHead(report.healthy ? 200 : 503, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(report)}\n`);
  } else if (path === '/metrics') {
    const own = renderMetrics(context);
    const theirs = await context.workloadMetrics?.metrics();
    response.writeHead(200, { 'content-type': context.workloadMetrics?.contentType ?? 'text/plain; version=0.0.4' });
    response.end(theirs === undefined ? own : `${theirs.replace(/\n?(# EOF\n?)?$/, '\n')}${own}${eof(theirs)}`);
  } else {
    response.writeHead(404).end('not found (there are /healthz and /metrics)\n');
  }
}

async function healthReport({ status, evidence, about, startedAt }: Context): Promise<HealthReport> {
  const { runState, workflowPollerState, activityPollerState } = status();
  const poller = await evidence();
  const polls = [workflowPollerState, activityPollerState].includes('POLLING');
  return {
    healthy: runState === 'RUNNING' && polls && poller.seen !== false,
    ...about,
    pid: process.pid,
    startedAt,
    runState,
    workflowPollerState,
    activityPollerState,
    poller,
  };
}

function renderMetrics({ status, expiries }: Context): string {
  const now = status();
  const gauges: [string, string, number][] = [
    ['temporal_worker_kit_running', 'whether the worker takes tasks', Number(now.runState === 'RUNNING')],
    ['temporal_worker_kit_workflow_activations', 'workflow activations in flight', now.numInFlightWorkflowActivations],
    ['temporal_worker_kit_activities', 'activities in flight', now.numInFlightActivities],
    ['temporal_worker_kit_cached_workflows', 'workflows in the cache', now.numCachedWorkflows],
  ];
  for (const [name, value] of Object.entries(expiries())) {
    if (value !== undefined)
      gauges.push([`temporal_worker_kit_${name}`, 'end of validity, in seconds since 1970', value]);
  }
  return gauges
    .map(([name, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`)
    .join('');
}

/** OpenMetrics wants an end mark, and nothing after it. */
function eof(text: string): string {
  return /# EOF\n?$/.test(text) ? '# EOF\n' : '';
}

function boundTo(server: Server, host: string): string {
  const bound = server.address();
  return `${host}:${typeof bound === 'object' && bound ? bound.port : ''}`;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
