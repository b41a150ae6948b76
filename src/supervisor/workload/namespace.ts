import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemPath, systemProgram } from '../process/executable.ts';
import { shellFor } from '../process/shell.ts';
import { enterScript } from './enter-script.ts';

/** As whom a command runs; absent: as the supervisor itself. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** A directory that the view shows at a path of its own. */
export interface Place {
  readonly at: string;
  readonly directory: string;
}

/** Puts the way into another view of the file system before a command: the machine's, with some places of its own. */
export class Namespace {
  readonly #enter: string;
  readonly #newRoot: string;
  readonly #overlay: string | null;
  readonly #places: readonly Place[];

  /** `dir`: holds the script and the mount point. `overlay`: files that lie over the machine's; null for none. */
  constructor(options: { readonly dir: string; readonly overlay: string | null; readonly places: readonly Place[] }) {
    this.#enter = join(options.dir, 'enter');
    this.#newRoot = join(options.dir, 'mnt');
    this.#overlay = options.overlay;
    this.#places = options.places;
  }

  /** Writes the script and makes the directories that it needs. */
  prepare(): void {
    for (const dir of [this.#newRoot, ...(this.#overlay === null ? [] : [this.#overlay])]) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
    }
    writeFileSync(`${this.#enter}.new`, enterScript, { mode: 0o700 });
    renameSync(`${this.#enter}.new`, this.#enter);
  }

  /** The command line that runs `command` in the view, with the environment `env`. The process keeps its pid all the way. */
  wrap(
    command: readonly string[],
    options: {
      readonly cwd: string;
      readonly as?: Identity | undefined;
      readonly env?: Readonly<Record<string, string>>;
    },
  ): string[] {
    const root = process.getuid?.() === 0;
    const unshare = root ? [] : ['--user', '--map-root-user'];
    const { uid, gid } = options.as ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const how = root ? (options.as ? 'root' : 'none') : 'user';
    const hidden = new Set(this.#places.map(({ at }) => `/${at.split('/')[1]}`));
    return [
      systemProgram('unshare'),
      ...unshare,
      '--mount',
      '--propagation',
      'private',
      '--',
      ...shellFor(options.env ?? {}),
      this.#enter,
      this.#newRoot,
      this.#overlay ?? '',
      `${uid}:${gid}`,
      how,
      options.cwd,
      [...hidden].join(' '),
      String(this.#places.length),
      ...this.#places.flatMap(({ at, directory }) => [at, directory]),
      ...command,
    ];
  }

  /** Tries the whole way once. Resolves with null when it works, else with the reason that was found. */
  async whyImpossible(): Promise<string | null> {
    const there = this.#places.map(({ at }) => `test -d ${at}`).join(' && ');
    const [command, ...args] = this.wrap(['/bin/sh', '-c', there], { cwd: '/' });
    try {
      await promisify(execFile)(command as string, args, { env: { PATH: systemPath }, timeout: 10_000 });
      return null;
    } catch (error) {
      const { stderr = '', message } = error as Error & { stderr?: string };
      return stderr.trim().split('\n').at(-1) || message;
    }
  }
}
