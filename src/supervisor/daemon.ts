import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { PebbleClient } from '../pebble/client.ts';
import { clientVersion } from '../pebble/commands/run-command.ts';
import type { LogEntry } from '../pebble/types.ts';
import { sync } from './api/answer.ts';
import { changesRoutes } from './api/changes-calls.ts';
import { checksRoutes } from './api/checks-calls.ts';
import { execRoutes } from './api/exec-calls.ts';
import { filesRoutes } from './api/files-calls.ts';
import { type Identities, identitiesRoutes } from './api/identities-calls.ts';
import { logsRoutes } from './api/logs-calls.ts';
import { metricsRoutes } from './api/metrics-calls.ts';
import { hasMetricsIdentity } from './api/metrics-identity.ts';
import { noticesRoutes } from './api/notices-calls.ts';
import { planRoutes } from './api/plan-calls.ts';
import { createApiServer, type Route } from './api/server.ts';
import { servicesRoutes } from './api/services-calls.ts';
import { serveByTcp } from './api/tcp-server.ts';
import { ChangeBook } from './changes/change-book.ts';
import { Checks } from './checks/checks.ts';
import { Executions } from './exec/executions.ts';
import { shutdownExitCodes } from './exit-codes.ts';
import { FileCalls } from './files/file-calls.ts';
import { LogForwarding } from './logs/log-forwarding.ts';
import type { LogRing } from './logs/log-ring.ts';
import { NoticeBook } from './notices/notice-book.ts';
import { writePidFile } from './pid-file.ts';
import { parseLayer } from './plan/parse-layer.ts';
import { PlanStore } from './plan/plan-store.ts';
import { servePebbleClient } from './serve-pebble-client.ts';
import { Services } from './services/services.ts';
import type { SupervisorSpec } from './spec.ts';
import { StateFile } from './state-file.ts';
import { View } from './workload/view.ts';

export interface Daemon {
  /** Stops every service as the plan says, then the daemon. */
  stop(): Promise<void>;
  /** Resolves with the exit code when a service's `on-success: shutdown` or its like wants the daemon to end. */
  readonly ended: Promise<number>;
  /** Where it listens by TCP. */
  readonly http?: string;
}

/** Another supervisor serves this directory already. */
export class AlreadyServed extends Error {}

/**
 * Starts a Pebble-compatible daemon: adopts the services that an earlier one of the same directory left running, and
 * listens. The socket has mode 0600 in a directory of mode 0700, so the kernel lets in nobody but the daemon's own user
 * and root, which are the two that are admins to Pebble; hence no call is checked further. The plan is in memory alone.
 */
export async function startDaemon(
  spec: SupervisorSpec,
  log: (message: string) => void,
  { echo }: { readonly echo?: (entry: LogEntry) => void } = {},
): Promise<Daemon> {
  for (const dir of [spec.dir, dirname(spec.socket)]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  // A directory that somebody else chose may be everybody's.
  if (spec.workload.kind !== 'host') chmodSync(dirname(spec.socket), 0o700);
  const lock = await takeLock(spec.dir);
  writePidFile(spec.dir);
  const ended = Promise.withResolvers<number>();
  const state = new StateFile(join(spec.dir, 'state.json'));
  const view = await View.open(spec);
  const plan = new PlanStore();
  const notices = new NoticeBook({
    nextId: () => state.nextId('notice'),
    save: (custom) => state.saveNotices(custom),
    saved: state.notices,
  });
  const changes = new ChangeBook({
    nextId: (kind) => state.nextId(kind),
    observe: ({ id }, data) => notices.add({ type: 'change-update', key: id, userId: null, data }),
    forget: ({ id }) => notices.forgetChange(id),
  });
  const services = new Services({
    dir: spec.dir,
    plan,
    view,
    log,
    shutDown: (why) => ended.resolve(shutdownExitCodes[why]),
  });
  const checks = new Checks({ plan, changes, view, log, onFailure: (name) => services.checkFailed(name) });
  const executions = new Executions(changes, view);
  const forwarding = new LogForwarding({ plan, services, log });
  if (echo) services.onRing((name) => echoRing(services.rings([name])[0], echo));
  services.adopt();

  const systemInfo = {
    'boot-id': randomUUID(),
    version: clientVersion,
    ...(spec.http && { 'http-address': spec.http }),
  };
  const identities: Identities = new Map();
  const mayReadMetrics = (request: IncomingMessage): boolean => hasMetricsIdentity(identities, request);
  const routes: readonly Route[] = [
    { path: '/v1/system-info', open: true, GET: () => sync(systemInfo) },
    ...planRoutes(plan, view.paths),
    ...servicesRoutes({ plan, services, checks, changes }),
    ...changesRoutes(changes),
    ...checksRoutes(checks),
    ...filesRoutes(new FileCalls(view.paths)),
    ...logsRoutes(services),
    ...noticesRoutes(notices, process.getuid?.() ?? 0),
    ...execRoutes({ plan, view, executions }),
    ...metricsRoutes(services, checks),
    ...identitiesRoutes(identities),
  ];
  const server = createApiServer(routes, executions, log);
  let tcp: Awaited<ReturnType<typeof serveByTcp>> | null = null;
  let commands: Awaited<ReturnType<typeof servePebbleClient>>;
  try {
    for (const { label, text } of spec.layers) {
      plan.add(parseLayer(label, text, view.paths), { combine: false, inner: true });
    }
    if (spec.http !== undefined) tcp = await serveByTcp(spec.http, routes, { log, mayReadMetrics });
    if (tcp) systemInfo['http-address'] = tcp.address;
    rmSync(spec.socket, { force: true });
    await listenPrivately(server, spec.socket);
    commands = await servePebbleClient(spec, view.paths.bin, new PebbleClient({ socket: spec.socket }));
  } catch (error) {
    // A layer's checks may run already, which would keep the process alive.
    checks.close();
    services.close();
    await forwarding.close();
    await tcp?.close();
    server.close();
    lock.close();
    throw error;
  }
  if (view.withoutNamespace !== null && spec.workload.kind === 'directory') {
    log(`Services run without a mount namespace: ${view.withoutNamespace}`);
  }

  const stop = async (): Promise<void> => {
    checks.close();
    const lanes = services.lanesToStop();
    if (lanes.length > 0) {
      const stopping = changes.create({
        kind: 'stop',
        summary: 'Stop all running services',
        tasks: (add) => {
          for (const [lane, names] of lanes.entries()) {
            names.reduce(
              (after, name) => [add(services.stopTask(name, lane + 1, after))],
              [] as ReturnType<typeof add>[],
            );
          }
        },
      });
      await stopping.ready;
    }
    services.close();
    await forwarding.close();
    await commands.close();
    await tcp?.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(spec.socket, { force: true });
    lock.close();
  };
  return { stop, ended: ended.promise, ...(tcp && { http: tcp.address }) };
}

/** Hands on every new line. */
function echoRing(ring: LogRing | undefined, echo: (entry: LogEntry) => void): void {
  let next = 0;
  ring?.follow(() => {
    for (const entry of ring.from(next)) echo(entry);
    next = ring.next;
  });
}

/**
 * A name in the kernel's abstract socket space stands for the directory: it is taken by one process at a time and is
 * free again at the instant of that process's death, so that two supervisors can never start the same services.
 */
async function takeLock(dir: string): Promise<Server> {
  const name = createHash('sha256').update(dir).digest('hex').slice(0, 32);
  const lock = createServer((socket) => socket.destroy());
  try {
    await listen(lock, `\0charmlet-supervisor-${name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new AlreadyServed(`cannot start a supervisor: another one serves "${dir}" (stop that one first)`);
  }
  lock.unref();
  return lock;
}

/** The socket has mode 0600 from the instant on that it is there: its directory may be everybody's. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const before = process.umask(0o177);
  const listening = listen(server, path);
  process.umask(before);
  await listening;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
