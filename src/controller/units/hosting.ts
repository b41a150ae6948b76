import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, contextOfUnit, type Shared } from '../context.ts';
import { copyTree, removeTree } from '../copy-tree.ts';
import { messageOf, UserError } from '../errors.ts';
import { containerPlaces, scratchDir, type UnitPlaces, unitPlaces } from '../places.ts';
import { type CharmRecord, readCharm } from '../store/charms.ts';
import { listModels, type Model, modelOfUnit, now } from '../store/models.ts';
import { listResources } from '../store/resources.ts';
import { listUnits, setWorkloadStatus, type UnitRecord, unitById } from '../store/units.ts';
import { companionUnit } from './companion-unit.ts';
import { clearPlaces, endProcesses, type Leftovers } from './leftovers.ts';
import type { Supervision } from './supervision.ts';

/** Makes a unit's place on the machine: directories, its copy of the charm, its working copy of the workload, supervisors. */
export class Hosting {
  readonly #shared: Shared;
  readonly #supervision: Supervision;
  readonly #leftovers: Leftovers;
  /** Unit -> the generation that its place is made for. */
  readonly #ready = new Map<number, number>();
  readonly #preparing = new Map<number, Promise<void>>();

  constructor(shared: Shared, parts: { readonly supervision: Supervision; readonly leftovers: Leftovers }) {
    this.#shared = shared;
    this.#supervision = parts.supervision;
    this.#leftovers = parts.leftovers;
  }

  /** Whether the unit can be told its next event. After a refresh its place is made anew first. */
  isReady(unit: number): boolean {
    const model = modelOfUnit(this.#shared.db, unit);
    return model !== undefined && this.#ready.get(unit) === unitById(model, unit)?.generation;
  }

  /** Brings every unit's place back, without waiting for one that takes long: after a crash or a reboot, before any event. */
  resume(): void {
    for (const { model, unit } of allUnits(this.#shared)) {
      if (!unit.installed) continue;
      this.prepare(unit.id, new AbortController().signal).catch((error: unknown) =>
        this.#shared.log.error(
          { model: model.name, unit: unit.name, reason: messageOf(error) },
          'cannot bring a unit back; its next event tries again',
        ),
      );
    }
  }

  /** Makes whatever is missing; a second call, or one after a crash, does only what is not done yet. Calls for one unit share the work. */
  async prepare(id: number, signal: AbortSignal): Promise<void> {
    const busy = this.#preparing.get(id);
    if (busy) return busy;
    const done = this.#prepareOnce(id, signal).finally(() => this.#preparing.delete(id));
    this.#preparing.set(id, done);
    return done;
  }

  async #prepareOnce(id: number, signal: AbortSignal): Promise<void> {
    const context = contextOfUnit(this.#shared, id);
    const unit = context && unitById(context.model, id);
    if (!unit) return;
    const { model, paths, preparations } = context;
    const places = unitPlaces(paths, model, unit.name);
    const charm = readCharm(model, unit.charm);
    try {
      await this.#leftovers.makeRoom(context, unit, places);
      const storages = model.db
        .all<{ location: string }>('SELECT location FROM storages WHERE unit = ?', unit.id)
        .map((row) => row.location);
      for (const directory of [
        places.root,
        places.storage,
        places.data,
        places.containers,
        places.runtime,
        ...storages,
      ]) {
        await mkdir(directory, { recursive: true, mode: 0o700 });
      }
      await this.#endEarlierGeneration(context, unit, places);
      if (charm.origin === 'companion') await this.#prepareCompanion(context, { unit, charm, signal });
      else await this.#copyCharm(places, charm);
      await this.#copyResources(context, { unit, places, charm });
      await writeFile(join(places.root, 'generation'), `${unit.generation}`, { mode: 0o600 });
    } catch (error) {
      preparations.emit('failed', id, messageOf(error));
      throw error;
    }
    if (!unitById(model, id)) {
      preparations.emit('failed', id, `unit ${unit.name} was removed meanwhile`);
      await clearPlaces(context, unit.name);
      return;
    }
    if (signal.aborted) return;
    this.#supervision.watch(context, unit);
    this.#ready.set(id, unit.generation);
    preparations.emit('ready', id);
  }

  /** As on Kubernetes, where a refresh makes a new pod: the supervisors of the old one end before anything is replaced. */
  async #endEarlierGeneration(context: Context, unit: UnitRecord, places: UnitPlaces): Promise<void> {
    const made = await readFile(join(places.root, 'generation'), 'utf8').catch(() => undefined);
    if (made === undefined || made === `${unit.generation}`) return;
    await this.#supervision.unwatch(unit.id);
    await endProcesses(context, unit.name);
  }

  async #prepareCompanion(
    context: Context,
    { unit, charm, signal }: { readonly unit: UnitRecord; readonly charm: CharmRecord; readonly signal: AbortSignal },
  ): Promise<void> {
    const companion = await context.companion(charm.name);
    if (!companion) throw new UserError(`this charmlet has no "${charm.name}" any more`);
    let lastSaid = 0;
    const say = (line: string) => {
      context.preparations.emit('said', unit.id, line);
      // Each status is a write to the disk: progress is shown once a second at most.
      if (unit.installed || Date.now() - lastSaid < 1000) return;
      lastSaid = Date.now();
      setWorkloadStatus(
        context.model,
        unit.id,
        { status: 'maintenance', message: line.slice(0, 120), data: {}, since: now() },
        'juju',
      );
    };
    await companion.prepare(companionUnit(context, unit).places, say, signal);
  }

  async #copyCharm(places: UnitPlaces, charm: CharmRecord): Promise<void> {
    const fresh = `${places.charm}.new`;
    await onceFor(join(places.root, 'charm.id'), String(charm.id), async () => {
      await Promise.all([fresh, places.charm].map(removeTree));
      // Big files are the charm's runtime and libraries, which nobody writes to: all units share them.
      await copyTree(charm.directory, fresh, { linkFrom: 1 << 20 });
      await rename(fresh, places.charm);
    });
  }

  async #copyResources(
    { model, paths }: Context,
    { unit, places, charm }: { readonly unit: UnitRecord; readonly places: UnitPlaces; readonly charm: CharmRecord },
  ): Promise<void> {
    const resources = listResources(model, unit.application);
    for (const [name, container] of Object.entries(charm.spec.containers)) {
      const { dir, app, home } = containerPlaces(places, name);
      await mkdir(home, { recursive: true, mode: 0o700 });
      const resource = resources.find((each) => each.name === container.resource);
      if (!resource || resource.live) continue;
      await onceFor(join(dir, 'app.digest'), resource.digest, async () => {
        const fresh = join(scratchDir(paths), `${unit.id}-${name}`);
        await Promise.all([fresh, app].map(removeTree));
        await copyTree(resource.path, fresh);
        await rename(fresh, app);
      });
    }
  }
}

/** The units of all models. */
function allUnits({ db }: Shared): { readonly model: Model; readonly unit: UnitRecord }[] {
  return listModels(db).flatMap((model) => listUnits(model).map((unit) => ({ model, unit })));
}

/** Does the work unless the marker file says that it has been done for `value`; the marker is written last. */
async function onceFor(marker: string, value: string, work: () => Promise<void>): Promise<void> {
  const done = await readFile(marker, 'utf8').catch(() => undefined);
  if (done === value) return;
  await removeTree(marker);
  await work();
  await writeFile(marker, value, { mode: 0o600 });
}
