import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { copyTree, removeTree } from '../copy-tree.ts';
import { messageOf, UserError } from '../errors.ts';
import { containerPlaces, scratchDir, type UnitPlaces, unitPlaces } from '../places.ts';
import { type CharmRecord, readCharm } from '../store/charms.ts';
import { now } from '../store/models.ts';
import { listResources } from '../store/resources.ts';
import { listUnits, setWorkloadStatus, type UnitRecord, unitById } from '../store/units.ts';
import { companionUnit } from './companion-unit.ts';
import { clearPlaces, endProcesses, type Leftovers } from './leftovers.ts';
import type { Supervision } from './supervision.ts';

/** Makes a unit's place on the machine: directories, its copy of the charm, its working copy of the workload, supervisors. */
export class Hosting {
  readonly #context: Context;
  readonly #supervision: Supervision;
  readonly #leftovers: Leftovers;
  /** Unit -> the generation that its place is made for. */
  readonly #ready = new Map<number, number>();
  readonly #preparing = new Map<number, Promise<void>>();

  constructor(context: Context, parts: { readonly supervision: Supervision; readonly leftovers: Leftovers }) {
    this.#context = context;
    this.#supervision = parts.supervision;
    this.#leftovers = parts.leftovers;
  }

  /** Whether the unit can be told its next event. After a refresh its place is made anew first. */
  isReady(unit: number): boolean {
    return this.#ready.get(unit) === unitById(this.#context.model, unit)?.generation;
  }

  /** Brings every unit's place back, without waiting for one that takes long: after a crash or a reboot, before any event. */
  resume(): void {
    for (const unit of listUnits(this.#context.model)) {
      if (!unit.installed) continue;
      this.prepare(unit.id, new AbortController().signal).catch((error: unknown) =>
        this.#context.log.error(
          { unit: unit.name, reason: messageOf(error) },
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
    const { model, paths } = this.#context;
    const unit = unitById(model, id);
    if (!unit) return;
    const places = unitPlaces(paths, unit.name);
    const charm = readCharm(model, unit.charm);
    try {
      await this.#leftovers.makeRoom(unit, places);
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
      await this.#endEarlierGeneration(unit, places);
      if (charm.origin === 'companion') await this.#prepareCompanion(unit, charm);
      else await this.#copyCharm(places, charm);
      await this.#copyResources(unit, places, charm);
      await writeFile(join(places.root, 'generation'), `${unit.generation}`, { mode: 0o600 });
    } catch (error) {
      this.#context.preparations.emit('failed', unit.name, messageOf(error));
      throw error;
    }
    if (!unitById(model, id)) {
      this.#context.preparations.emit('failed', unit.name, `unit ${unit.name} was removed meanwhile`);
      await clearPlaces(this.#context, unit.name);
      return;
    }
    if (signal.aborted) return;
    this.#supervision.watch(unit);
    this.#ready.set(id, unit.generation);
    this.#context.preparations.emit('ready', unit.name);
  }

  /** As on Kubernetes, where a refresh makes a new pod: the supervisors of the old one end before anything is replaced. */
  async #endEarlierGeneration(unit: UnitRecord, places: UnitPlaces): Promise<void> {
    const made = await readFile(join(places.root, 'generation'), 'utf8').catch(() => undefined);
    if (made === undefined || made === `${unit.generation}`) return;
    await this.#supervision.unwatch(unit.id);
    await endProcesses(this.#context, unit.name);
  }

  async #prepareCompanion(unit: UnitRecord, charm: CharmRecord): Promise<void> {
    const companion = await this.#context.companion(charm.name);
    if (!companion) throw new UserError(`this charmlet has no "${charm.name}" any more`);
    let lastSaid = 0;
    await companion.prepare(companionUnit(this.#context, unit).places, (line) => {
      this.#context.preparations.emit('said', unit.name, line);
      // Each status is a write to the disk: progress is shown once a second at most.
      if (unit.installed || Date.now() - lastSaid < 1000) return;
      lastSaid = Date.now();
      setWorkloadStatus(
        this.#context.model,
        unit.id,
        { status: 'maintenance', message: line.slice(0, 120), data: {}, since: now() },
        'juju',
      );
    });
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

  async #copyResources(unit: UnitRecord, places: UnitPlaces, charm: CharmRecord): Promise<void> {
    const resources = listResources(this.#context.model, unit.application);
    for (const [name, container] of Object.entries(charm.spec.containers)) {
      const { dir, app, home } = containerPlaces(places, name);
      await mkdir(home, { recursive: true, mode: 0o700 });
      const resource = resources.find((each) => each.name === container.resource);
      if (!resource || resource.live) continue;
      await onceFor(join(dir, 'app.digest'), resource.digest, async () => {
        const fresh = join(scratchDir(this.#context.paths), `${unit.id}-${name}`);
        await Promise.all([fresh, app].map(removeTree));
        await copyTree(resource.path, fresh);
        await rename(fresh, app);
      });
    }
  }
}

/** Does the work unless the marker file says that it has been done for `value`; the marker is written last. */
async function onceFor(marker: string, value: string, work: () => Promise<void>): Promise<void> {
  const done = await readFile(marker, 'utf8').catch(() => undefined);
  if (done === value) return;
  await removeTree(marker);
  await work();
  await writeFile(marker, value, { mode: 0o600 });
}
