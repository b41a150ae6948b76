import { EventEmitter } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Server } from 'node:http';
import type { Catalogue } from './catalogue.ts';
import type { Companion } from './companion.ts';
import { type Shared, Turns } from './context.ts';
import { openControllerLog } from './controller-log.ts';
import { isDiskFull, messageOf, UserError } from './errors.ts';
import { openHookServer } from './hook/server.ts';
import { lockDataDirectory } from './lock.ts';
import { apiMethods } from './methods/table.ts';
import { Measures } from './metrics/measures.ts';
import { renderMetrics } from './metrics/render-metrics.ts';
import { serveMetrics } from './metrics/serve-metrics.ts';
import { controllerSocket, type Paths, runtimeLink } from './paths.ts';
import { controllerLogFile, databaseFile, debugLogFile, lockFile, markerFile, metricsPortFile } from './places.ts';
import { apiServer } from './server.ts';
import { openDatabase } from './store/database.ts';
import { openLogStore } from './store/log.ts';
import { ensureModel, listModels } from './store/models.ts';
import { sealOldTasks } from './store/sealed-tasks.ts';
import { listContainers } from './store/units.ts';
import { CharmViews } from './units/charm-views.ts';
import { ContainerContact } from './units/contact.ts';
import { Hosting } from './units/hosting.ts';
import { Leftovers } from './units/leftovers.ts';
import { Performer } from './units/perform.ts';
import { recover } from './units/recover.ts';
import { Scaling } from './units/scaling.ts';
import { Scheduler } from './units/scheduler.ts';
import { SecretTimers } from './units/secret-timers.ts';
import { Supervision } from './units/supervision.ts';
import { UpdateStatus } from './units/update-status.ts';
import { removeUnused } from './unused.ts';

export interface ControllerOptions {
  readonly paths: Paths;
  readonly catalogue: Catalogue;
  readonly env: NodeJS.ProcessEnv;
  /** Is told of unexpected errors. */
  readonly report?: (error: unknown) => unknown;
}

export interface Controller {
  /** Resolves when it has been told to end, by `stop`, `kill-controller` or `close`. */
  readonly ended: Promise<void>;
  /** Ends the dispatches that run (they are queued again) and lets go of the data. Supervisors and their workers run on. */
  close(): Promise<void>;
}

/**
 * Starts the controller of a data directory: takes its lock, opens the model, goes on with what was queued, and answers
 * on its socket. Rejects with one clear line when another one runs there or the model cannot be read.
 */
export async function startController(options: ControllerOptions): Promise<Controller> {
  try {
    return await start(options);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    throw new UserError(
      `cannot start the controller: no space is left on the disk of ${options.paths.data} (make some; nothing is lost)`,
      { cause: error },
    );
  }
}

async function start(options: ControllerOptions): Promise<Controller> {
  const { paths, catalogue, env } = options;
  makeOwnDirectory(paths.data);
  makeOwnDirectory(paths.runtime);
  const unlock = lockDataDirectory(lockFile(paths), paths.data);
  rememberRuntime(paths);
  const undo: (() => void | Promise<void>)[] = [unlock];
  try {
    const log = openControllerLog(controllerLogFile(paths), options.report);
    const db = openDatabase(databaseFile(paths));
    undo.push(() => db.close());
    const first = ensureModel(db, 'default');
    const logs = openLogStore(debugLogFile(paths), first.uuid);
    undo.push(() => logs.close());
    logs.keepOnly(listModels(db).map(({ uuid }) => uuid));
    for (const model of listModels(db)) sealOldTasks(model);
    await removeUnused(db, paths);
    for (const model of listModels(db)) await recover(model, log);
    const hooks = await openHookServer({ dir: `${paths.runtime}/hook` });
    undo.push(() => hooks.close());
    const measures = new Measures();
    const metrics = await serveMetrics({
      env,
      log,
      portFile: metricsPortFile(paths),
      render: () => renderMetrics(shared),
    });
    undo.push(() => metrics.close());

    const preparations: Shared['preparations'] = new EventEmitter();
    const taskLogs: Shared['taskLogs'] = new EventEmitter();
    preparations.setMaxListeners(0);
    taskLogs.setMaxListeners(0);
    const shared: Shared = {
      paths,
      env,
      catalogue,
      db,
      logs,
      hooks,
      log,
      preparations,
      taskLogs,
      contact: new ContainerContact(db),
      charms: new Turns(),
      charmViews: new CharmViews({ env, logs }),
      measures,
      metricsAddress: metrics.address,
      companion: companionLoader(catalogue),
    };
    const supervision = new Supervision(shared);
    const leftovers = new Leftovers(shared, supervision);
    const hosting = new Hosting(shared, { supervision, leftovers });
    const scheduler = new Scheduler(shared, { hosting, performer: new Performer() });
    const updateStatus = new UpdateStatus(shared);
    const secretTimers = new SecretTimers(db, log);
    const scaling = new Scaling(shared);
    leftovers.start();
    undo.push(() => supervision.close());
    undo.push(() => updateStatus.close());
    undo.push(() => secretTimers.close());
    undo.push(() => scaling.close());
    undo.push(() => scheduler.close());

    const end = Promise.withResolvers<void>();
    let modelClosed: Promise<void> | undefined;
    const closeModel = (): Promise<void> => {
      modelClosed ??= (async () => {
        for (const step of undo.splice(1).reverse()) await step();
      })();
      return modelClosed;
    };
    const startedAt = new Date().toISOString();
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closed ??= (async () => {
        await closeModel();
        await closeServer(server);
        unlock();
        log.info({}, 'controller has ended');
        end.resolve();
      })();
      return closed;
    };
    const server = apiServer(apiMethods({ shared, scheduler, leftovers, startedAt, closeModel, close }), log);
    hosting.resume();
    // So that the first answer after a restart knows which workers ran on.
    await shared.contact.tried(listContainers(db), 500);
    await listen(server, controllerSocket(paths));
    updateStatus.start();
    secretTimers.start();
    scaling.start();
    scheduler.start();
    log.info({ data: paths.data, runtime: paths.runtime }, 'controller has started');
    return { ended: end.promise, close };
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

function rememberRuntime(paths: Paths): void {
  const link = runtimeLink(paths.data);
  rmSync(`${link}.new`, { force: true });
  symlinkSync(paths.runtime, `${link}.new`);
  renameSync(`${link}.new`, link);
}

/** Makes a directory for this user alone, and marks it as ours. One of somebody else's is refused. */
function makeOwnDirectory(directory: string): void {
  try {
    const found = lstatSync(directory, { throwIfNoEntry: false });
    if (found && (!(found.isDirectory() || found.isSymbolicLink()) || statSync(directory).uid !== process.getuid?.())) {
      throw new UserError(
        `cannot use ${directory}: it is no directory of this user's (set CHARMLET_DATA to another one)`,
      );
    }
    if (found) {
      const isOurs = existsSync(markerFile(directory)) || readdirSync(directory).length === 0;
      if (!isOurs)
        throw new UserError(
          `cannot use ${directory}: it is not empty and no directory of charmlet's (set CHARMLET_DATA to another one)`,
        );
    }
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    writeFileSync(markerFile(directory), 'Made by charmlet; charmlet kill-controller removes it.\n', { mode: 0o600 });
  } catch (error) {
    if (error instanceof UserError || isDiskFull(error)) throw error;
    throw new UserError(
      `cannot make ${directory}: ${messageOf(error)} (set CHARMLET_DATA to a directory that you can write to)`,
      { cause: error },
    );
  }
}

/** The lock is held, so a socket that is there belongs to no living controller. */
async function listen(server: Server, socket: string): Promise<void> {
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve());
  });
  chmodSync(socket, 0o600);
}

/** Lets calls that are being answered finish their answer, for a second at most. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => server.closeAllConnections(), 1000);
  server.closeIdleConnections();
  await closed;
  clearTimeout(timer);
}

function companionLoader(catalogue: Catalogue): (name: string) => Promise<Companion | undefined> {
  const loaded = new Map<string, Promise<Companion>>();
  return async (name) => {
    const load = Object.hasOwn(catalogue.companions, name) ? catalogue.companions[name] : undefined;
    if (!load) return undefined;
    const known = loaded.get(name) ?? load();
    loaded.set(name, known);
    return known;
  };
}
