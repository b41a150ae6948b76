import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SupervisorSpec } from '../../supervisor/spec.ts';
import { type Context, contextOf, type Shared } from '../context.ts';
import { removeTree } from '../copy-tree.ts';
import { messageOf } from '../errors.ts';
import { type UnitPlaces, unitPlaces } from '../places.ts';
import type { UnitRecord } from '../store/units.ts';
import { endStaleDispatches } from './stale-dispatches.ts';
import type { Supervision } from './supervision.ts';

interface Leftover {
  readonly unit: number;
  readonly name: string;
  readonly model: string;
  readonly model_name: string;
}

/** Ends the processes of units that have gone from the model, and removes their directories; goes on after a crash. */
export class Leftovers {
  readonly #shared: Shared;
  readonly #supervision: Supervision;
  readonly #clearing = new Map<number, Promise<void>>();

  constructor(shared: Shared, supervision: Supervision) {
    this.#shared = shared;
    this.#supervision = supervision;
  }

  /** Begins with what an earlier controller left, and goes on with every unit that goes. */
  start(): void {
    this.#shared.db.on('changed', () => this.#clear());
    this.#clear();
  }

  /** Resolves when nothing is left of any unit that has gone. */
  async settled(): Promise<void> {
    while (this.#clearing.size > 0) await Promise.all(this.#clearing.values());
  }

  /** Sees to it that the unit's directory holds nothing of an earlier unit of that name. */
  async makeRoom(context: Context, unit: UnitRecord, places: UnitPlaces): Promise<void> {
    const { model } = context;
    const earlier = model.db.all<{ unit: number }>(
      'SELECT unit FROM leftovers WHERE model_name = ? AND name = ?',
      model.name,
      unit.name,
    );
    await Promise.all(earlier.map((row) => this.#clearing.get(row.unit)));
    const marker = join(places.root, 'unit.id');
    const mine = `${model.uuid} ${unit.id}\n`;
    if ((await readFile(marker, 'utf8').catch(() => undefined)) === mine) return;
    const exists = await stat(places.root).then(
      () => true,
      () => false,
    );
    if (exists) await clearPlaces(context, unit.name);
    await mkdir(places.root, { recursive: true, mode: 0o700 });
    await writeFile(marker, mine, { mode: 0o600 });
  }

  #clear(): void {
    for (const left of this.#shared.db.all<Leftover>('SELECT unit, name, model, model_name FROM leftovers')) {
      const { unit, name } = left;
      if (this.#clearing.has(unit)) continue;
      const done = this.#clearOne(left)
        .catch((error: unknown) =>
          this.#shared.log.error(
            { model: left.model_name, unit: name, err: error },
            'cannot clear away what is left of a unit',
          ),
        )
        .finally(() => this.#clearing.delete(unit));
      this.#clearing.set(unit, done);
    }
  }

  async #clearOne({ unit, name, model, model_name }: Leftover): Promise<void> {
    const { db } = this.#shared;
    await this.#supervision.unwatch(unit);
    await clearPlaces(contextOf(this.#shared, { db, uuid: model, name: model_name }), name);
    db.run('DELETE FROM leftovers WHERE unit = ?', unit);
  }
}

/** Ends everything of a unit that runs and removes its directories. */
export async function clearPlaces(context: Context, unit: string): Promise<void> {
  const places = unitPlaces(context.paths, context.model, unit);
  await endProcesses(context, unit);
  await removeTree(places.runtime);
  await removeTree(places.root);
}

/** Ends the supervisors in a unit's place, and what its hooks left running: on Kubernetes both end with the pod. */
export async function endProcesses(context: Context, unit: string): Promise<void> {
  const { containers } = unitPlaces(context.paths, context.model, unit);
  await Promise.all([
    specsBelow(containers).then((specs) => endSupervisors(context, specs)),
    endStaleDispatches({ modelUuid: context.model.uuid, unit }),
  ]);
}

/** Specs of every container that ever had a supervisor there. */
export async function specsBelow(containers: string): Promise<SupervisorSpec[]> {
  const names = await readdir(containers).catch(() => []);
  const texts = await Promise.all(
    names.map((name) => readFile(join(containers, name, 'spec.json'), 'utf8').catch(() => undefined)),
  );
  return texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as SupervisorSpec]));
}

/** In order: each stops its services as Pebble does at its end, and goes. */
export async function endSupervisors({ log }: Pick<Shared, 'log'>, specs: readonly SupervisorSpec[]): Promise<void> {
  const { endSupervisor } = await import('../../supervisor/launch.ts');
  await Promise.all(
    specs.map((spec) =>
      endSupervisor(spec).catch((error: unknown) =>
        log.error({ socket: spec.socket, reason: messageOf(error) }, 'cannot end a supervisor'),
      ),
    ),
  );
}
