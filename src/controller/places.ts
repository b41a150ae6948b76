import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Paths } from './paths.ts';

/** Where the controller keeps the things of a data directory. */
export const databaseFile = (paths: Paths): string => join(paths.data, 'model.db');
export const debugLogFile = (paths: Paths): string => join(paths.data, 'debug-log.db');
export const controllerLogFile = (paths: Paths): string => join(paths.data, 'controller.log');
/** Which port metrics were last served on. */
export const metricsPortFile = (paths: Paths): string => join(paths.data, 'metrics.port');
export const lockFile = (paths: Paths): string => join(paths.data, 'controller.lock');
/** Its presence says that a directory was made by us, and may be destroyed by `kill-controller`. */
export const markerFile = (directory: string): string => join(directory, '.charmlet');
export const charmsDir = (paths: Paths): string => join(paths.data, 'charms');
export const storeDir = (paths: Paths): string => join(paths.data, 'store');
export const unitsDir = (paths: Paths): string => join(paths.data, 'units');
/** Directories that are not complete yet, or being removed: emptied at every start. */
export const scratchDir = (paths: Paths): string => join(paths.data, 'scratch');

/**
 * Names of directories carry the model's name, so that equal names in two models are two places; only in the model
 * `default` they stand by themselves. A full stop parts them, which neither name can have.
 */
export function nameInModel(model: { readonly name: string }, name: string): string {
  return model.name === 'default' ? name : `${model.name}.${name}`;
}

/** Directories of one unit. */
export interface UnitPlaces {
  readonly root: string;
  /** The unit's own copy of the charm. */
  readonly charm: string;
  readonly storage: string;
  /** For a companion's own use. */
  readonly data: string;
  readonly containers: string;
  /** `CHARM_CONTAINERS_DIR`. */
  readonly runtime: string;
}

export function unitPlaces(paths: Paths, model: { readonly name: string }, unit: string): UnitPlaces {
  const part = nameInModel(model, unit.replace('/', '-'));
  const root = join(paths.data, 'units', part);
  return {
    root,
    charm: join(root, 'charm'),
    storage: join(root, 'storage'),
    data: join(root, 'data'),
    containers: join(root, 'containers'),
    runtime: join(paths.runtime, 'u', shortPart(paths, part)),
  };
}

/** What one container of a unit needs. */
export interface ContainerPlaces {
  readonly socket: string;
  readonly dir: string;
  readonly spec: string;
  /** The unit's working copy of a directory resource. */
  readonly app: string;
  readonly home: string;
}

export function containerPlaces(unit: UnitPlaces, container: string): ContainerPlaces {
  const dir = join(unit.containers, container);
  return {
    socket: join(unit.runtime, container, 'pebble.socket'),
    dir,
    spec: join(dir, 'spec.json'),
    app: join(dir, 'app'),
    home: join(dir, 'home'),
  };
}

/** A Unix socket's path ends at 107 bytes: a unit with a long name gets a hash for one below the runtime directory. */
function shortPart(paths: Paths, part: string): string {
  const room = 100 - Buffer.byteLength(join(paths.runtime, 'u', 'x', 'x', 'pebble.socket'));
  // The container's name is as long as the application's as a rule; 40 leaves room for it.
  if (part.length <= Math.min(40, Math.max(8, room - 40))) return part;
  return createHash('sha256').update(part).digest('hex').slice(0, 10);
}
