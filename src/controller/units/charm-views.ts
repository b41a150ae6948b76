import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Namespace } from '../../supervisor/workload/namespace.ts';
import type { UnitPlaces } from '../places.ts';
import type { CharmRecord } from '../store/charms.ts';
import type { LogStore } from '../store/log.ts';
import type { Model } from '../store/models.ts';
import { writeUnitLog } from '../store/unit-log.ts';

/** Puts the way into a unit's view before a command that is to run in the directory `cwd`. */
export type EnterView = (argv: readonly string[], cwd: string) => [string, ...string[]];

/** Where charms look for their containers when they know nothing else. */
const containersDir = '/charm/containers';

/**
 * Lets charms that look for their containers in `/charm/containers`, as every charm written with Canonical's own library does,
 * find those of their unit there: each of their programs runs in a mount namespace with a `/charm` of its own. A charm
 * that says it follows `CHARM_CONTAINERS_DIR`, or that has no containers, is spared the cost.
 */
export class CharmViews {
  readonly #env: NodeJS.ProcessEnv;
  readonly #logs: LogStore;
  readonly #views = new Map<string, Namespace>();
  readonly #told = new Set<string>();
  /** Why no namespace can be had on this machine, null when one can; asked once. */
  #impossible: Promise<string | null> | undefined;

  constructor(options: { readonly env: NodeJS.ProcessEnv; readonly logs: LogStore }) {
    this.#env = options.env;
    this.#logs = options.logs;
  }

  /** Undefined when the unit's programs run as they are; where that is for want of a namespace, it is told once a unit. */
  async enter(
    { model, unit, places }: { readonly model: Model; readonly unit: string; readonly places: UnitPlaces },
    charm: CharmRecord,
  ): Promise<EnterView | undefined> {
    const { spec } = charm;
    if (charm.origin === 'companion' || spec.followsContainersDir || Object.keys(spec.containers).length === 0)
      return undefined;
    const view = this.#view(places);
    this.#impossible ??=
      this.#env.CHARMLET_NAMESPACE === 'never' ? Promise.resolve('namespaces are switched off') : view.whyImpossible();
    const why = await this.#impossible;
    if (why !== null) {
      this.#tell(model, unit, why);
      return undefined;
    }
    return (argv, cwd) => view.wrap(argv, { cwd }) as [string, ...string[]];
  }

  #view(places: UnitPlaces): Namespace {
    const dir = join(places.root, 'view');
    const known = this.#views.get(dir);
    // A unit's directory goes with it, and another one of the same name may come.
    if (known && existsSync(dir)) return known;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const view = new Namespace({ dir, overlay: null, places: [{ at: containersDir, directory: places.runtime }] });
    view.prepare();
    this.#views.set(dir, view);
    return view;
  }

  #tell(model: Model, unit: string, why: string): void {
    const told = `${model.uuid} ${unit}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    const message =
      `cannot show the charm its containers at ${containersDir}: ${why} (only a charm that follows ` +
      'CHARM_CONTAINERS_DIR reaches them; as root, or with user namespaces allowed, every charm does: ' +
      'sysctl kernel.apparmor_restrict_unprivileged_userns=0)';
    writeUnitLog({ model, logs: this.#logs }, unit, 'WARNING', 'juju.worker.uniter', message);
  }
}
