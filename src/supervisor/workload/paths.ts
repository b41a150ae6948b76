import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { binInNamespace } from '../process/family.ts';
import type { SupervisorSpec } from '../spec.ts';
import type { Place } from './namespace.ts';

/** Where Juju puts the workload's Pebble client, as every charm knows it. */
export const pebbleClient = `${binInNamespace}/pebble`;

/** Names that the workload knows, and where they really are. */
export class WorkloadPaths {
  /** Files pushed to paths outside `/app` lie below it under their own path. */
  readonly overlay: string;
  /** Holds the `pebble` client. */
  readonly bin: string;
  readonly app: string | null;
  /** Every user of the workload is the supervisor's own: see `SupervisorSpec`. */
  readonly oneUser: boolean;
  readonly #unit: string;
  readonly #mounts: readonly (readonly [string, string])[];
  readonly #isHost: boolean;

  constructor(spec: Pick<SupervisorSpec, 'dir' | 'socket' | 'workload' | 'oneUser'>) {
    this.oneUser = spec.oneUser ?? false;
    this.overlay = join(spec.dir, 'root');
    this.bin = join(spec.dir, 'bin');
    this.app = spec.workload.kind === 'directory' ? spec.workload.app : null;
    // `<data>/units/<unit>/containers/<container>`: what is the unit's own may be written in place.
    this.#unit = dirname(dirname(spec.dir));
    this.#isHost = spec.workload.kind === 'host';
    this.#mounts = this.#isHost
      ? []
      : [
          ...(this.app === null ? [] : [['/app', this.app] as const]),
          [binInNamespace, this.bin],
          ['/charm/container', dirname(spec.socket)],
        ];
  }

  /** The directories that the workload knows under names of its own. */
  get places(): Place[] {
    return this.#mounts.map(([at, directory]) => ({ at, directory }));
  }

  /** Where a path of the workload is read: what was pushed there, else the machine's own. */
  toRead(path: string): string {
    const mounted = this.#mounted(path);
    if (mounted !== null) return mounted;
    if (this.#isHost) return posix.normalize(path);
    const pushed = this.#pushed(path);
    return existsSync(pushed) ? pushed : posix.normalize(path);
  }

  /** Where a path of the workload is written: never outside the unit's own directories. */
  toWrite(path: string): string {
    return this.#mounted(path) ?? (this.#isHost || this.#isUnits(path) ? posix.normalize(path) : this.#pushed(path));
  }

  /** Is it there because somebody pushed it? */
  isPushed(path: string): boolean {
    return !this.#isHost && this.#mounted(path) === null && path !== '/' && existsSync(this.#pushed(path));
  }

  #pushed(path: string): string {
    return join(this.overlay, posix.normalize(path));
  }

  #isUnits(path: string): boolean {
    return posix.normalize(path).startsWith(`${this.#unit}/`);
  }

  #mounted(path: string): string | null {
    const normal = posix.normalize(path).replace(/(.)\/$/, '$1');
    for (const [at, real] of this.#mounts) {
      if (normal === at) return real;
      if (normal.startsWith(`${at}/`)) return join(real, normal.slice(at.length));
    }
    return null;
  }
}
