import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { enterScript } from './enter-script.ts';
import type { WorkloadPaths } from './paths.ts';

/** As whom a command runs; absent: as the supervisor itself. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Puts the way into the workload's view of the file system before a command. */
export class Namespace {
  readonly #enter: string;
  readonly #newRoot: string;
  readonly #paths: WorkloadPaths;
  readonly #container: string;

  constructor(options: { readonly dir: string; readonly socketDir: string; readonly paths: WorkloadPaths }) {
    this.#enter = join(options.dir, 'enter');
    this.#newRoot = join(options.dir, 'mnt');
    this.#paths = options.paths;
    this.#container = options.socketDir;
  }

  /** Writes the script and makes the directories that it needs. */
  prepare(): void {
    for (const dir of [this.#newRoot, this.#paths.overlay, this.#paths.bin, this.#container]) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
    }
    writeFileSync(`${this.#enter}.new`, enterScript, { mode: 0o700 });
    renameSync(`${this.#enter}.new`, this.#enter);
  }

  /** The command line that runs `command` in the view. The process keeps its pid all the way. */
  wrap(command: readonly string[], options: { readonly cwd: string; readonly as?: Identity | undefined }): string[] {
    const root = process.getuid?.() === 0;
    const unshare = root ? [] : ['--user', '--map-root-user'];
    const { uid, gid } = options.as ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const how = root ? (options.as ? 'root' : 'none') : 'user';
    return [
      'unshare',
      ...unshare,
      '--mount',
      '--propagation',
      'private',
      '--',
      '/bin/sh',
      this.#enter,
      this.#newRoot,
      this.#paths.overlay,
      this.#paths.app ?? '',
      this.#paths.bin,
      this.#container,
      `${uid}:${gid}`,
      how,
      options.cwd,
      ...command,
    ];
  }

  /** Tries the whole way once. Resolves with null when it works, else with the reason that was found. */
  async whyImpossible(): Promise<string | null> {
    const [command, ...args] = this.wrap(['/bin/sh', '-c', 'test -d /app && test -d /charm/bin'], { cwd: '/' });
    try {
      await promisify(execFile)(command as string, args, { env: { PATH: systemPath }, timeout: 10_000 });
      return null;
    } catch (error) {
      const { stderr = '', message } = error as Error & { stderr?: string };
      return stderr.trim().split('\n').at(-1) || message;
    }
  }
}

/** Where the system's own programs are, whatever a service's PATH says. */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
