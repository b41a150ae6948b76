import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PebbleClient } from '../../pebble/client.ts';
import { readLayerFiles } from '../../supervisor/plan/layer-files.ts';
import type { SupervisorSpec } from '../../supervisor/spec.ts';
import type { Context, Shared } from '../context.ts';
import { messageOf } from '../errors.ts';
import { Drains } from '../metrics/drains.ts';
import { applicationLabels } from '../metrics/labels.ts';
import { containerPlaces, unitPlaces } from '../places.ts';
import { readCharm } from '../store/charms.ts';
import { listResources } from '../store/resources.ts';
import { writeUnitLog } from '../store/unit-log.ts';
import type { UnitRecord } from '../store/units.ts';
import { noteBoot, noteNotices, readCursor } from './notices.ts';

/** One long poll; a supervisor that dies ends it at once, so it may be long. */
const pollMs = 600_000;

/** Keeps a supervisor running for every container of every unit, and turns what it tells into events. */
export class Supervision {
  readonly #shared: Shared;
  /** Unit id -> what ends its watches. */
  readonly #watches = new Map<number, { readonly abort: AbortController; readonly ended: Promise<unknown> }>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** Begins to watch the unit's containers, once. */
  watch(context: Context, unit: UnitRecord): void {
    if (this.#watches.has(unit.id)) return;
    const abort = new AbortController();
    const containers = Object.keys(readCharm(context.model, unit.charm).spec.containers);
    const ended = Promise.all(containers.map((container) => this.#keep(context, { unit, container }, abort.signal)));
    this.#watches.set(unit.id, { abort, ended });
  }

  /** Stops watching; the supervisors run on. */
  async unwatch(unit: number): Promise<void> {
    const watch = this.#watches.get(unit);
    this.#watches.delete(unit);
    watch?.abort.abort();
    await watch?.ended;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#watches.keys()].map((unit) => this.unwatch(unit)));
  }

  /** Starts the supervisor whenever it does not answer, and listens to it while it does. */
  async #keep(
    context: Context,
    { unit, container }: { readonly unit: UnitRecord; readonly container: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { model, paths, contact } = context;
    let failures = 0;
    let told = '';
    const drains = new Drains();
    while (!signal.aborted) {
      try {
        const { ensureSupervisor } = await import('../../supervisor/launch.ts');
        const spec = withImageLayers(supervisorSpec(context, unit, container));
        const client = new PebbleClient({ socket: spec.socket });
        if (!(await client.reachable())) contact.note(unit.id, container, false);
        await ensureSupervisor(containerPlaces(unitPlaces(paths, model, unit.name), container).spec, spec);
        if (signal.aborted) return;
        noteBoot(model, unit.id, container, (await client.systemInfo())['boot-id']);
        contact.note(unit.id, container, true);
        failures = 0;
        for (;;) {
          const after = readCursor(model, unit.id, container);
          const notices = await client.notices({ allUsers: true, ...(after && { after }), timeoutMs: pollMs, signal });
          if (signal.aborted) return;
          await noteNotices(model, { unit: unit.id, container, notices, client });
          const labels = { ...applicationLabels(model, unit), container };
          for (const { service, seconds } of await drains.read(notices, client))
            context.measures.observe('charmlet_service_drain_seconds', { ...labels, service }, seconds);
        }
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        contact.note(unit.id, container, false);
        const reason = messageOf(error);
        if (failures > 1 && reason !== told) {
          writeUnitLog(context, unit.name, 'WARNING', 'juju.worker.uniter', reason);
          told = reason;
        }
        // Lost contact is told once as such; a supervisor that cannot be started is tried again and again.
        this.#shared.log.warn(
          { model: model.name, unit: unit.name, container, failures, reason },
          'no contact with a supervisor',
        );
        await sleep(failures === 1 ? 0 : Math.min(250 * 2 ** (failures - 2), 30_000), undefined, { signal }).catch(
          () => {},
        );
      }
    }
  }
}

/** What the container's supervisor is started with. */
export function supervisorSpec(context: Context, unit: UnitRecord, container: string): SupervisorSpec {
  const { model, paths, env } = context;
  const places = containerPlaces(unitPlaces(paths, model, unit.name), container);
  const charm = readCharm(model, unit.charm);
  const resource = listResources(model, unit.application).find(
    (each) => each.name === charm.spec.containers[container]?.resource,
  );
  const isDirectory = charm.origin !== 'companion' && resource?.kind === 'directory';
  return {
    container,
    socket: places.socket,
    dir: places.dir,
    workload: isDirectory
      ? { kind: 'directory', app: resource.live ? resource.path : places.app }
      : { kind: 'machine' },
    environment: {
      HOME: places.home,
      JUJU_CONTAINER_NAME: container,
      LANG: 'C.UTF-8',
      PATH: workloadPath(env),
      PEBBLE: join(places.dir, 'pebble'),
      PEBBLE_SOCKET: places.socket,
      ...(env.TZ && { TZ: env.TZ }),
    },
    namespace: charm.origin === 'companion' || env.CHARMLET_NAMESPACE === 'never' ? 'never' : 'auto',
    oneUser: isDirectory && process.getuid?.() !== 0,
    layers: [],
  };
}

/** The layers that an image brings, where Pebble looks for them in an image: a rock's services are there. */
function withImageLayers(spec: SupervisorSpec): SupervisorSpec {
  if (spec.workload.kind !== 'directory') return spec;
  return { ...spec, layers: readLayerFiles(join(spec.workload.app, 'var/lib/pebble/default/layers')) };
}

/** The user's own PATH, for the machine stands in for an image; at its end the Node that runs us, so that one is there. */
function workloadPath(env: NodeJS.ProcessEnv): string {
  const system = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const parts = [...(env.PATH ?? system).split(':'), ...system.split(':'), join(process.execPath, '..')];
  return [...new Set(parts.filter((part) => part.startsWith('/')))].join(':');
}
