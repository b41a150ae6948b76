import { mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { findInPath, systemPath, whyNotExecutable } from '../process/executable.ts';
import { Pipes } from '../process/pipes.ts';
import type { SupervisorSpec } from '../spec.ts';
import { type Identity, Namespace } from './namespace.ts';
import { pebbleClient, WorkloadPaths } from './paths.ts';
import { placeThatNamesApp } from './start-script.ts';

/** A command of the plan, in the workload's words. */
export interface Command {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Empty: the daemon's own. */
  readonly workingDir: string;
  readonly as?: Identity | undefined;
}

/** The same in the machine's words. */
export interface Launch {
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Set only where the command line itself does not change the identity. */
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * What the services see as their file system, by one of two ways: a mount namespace, in which the unit's directory is
 * at `/app` and the `pebble` client at `/charm/bin`; or, where none can be had, by putting real paths in the place of
 * those names, in the command, the working directory, and environment values that equal such a path.
 */
export class View {
  readonly paths: WorkloadPaths;
  /** For the output of what runs. */
  readonly pipes: Pipes;
  /** Why there is no namespace; null when there is one. */
  readonly withoutNamespace: string | null;
  readonly #spec: SupervisorSpec;
  readonly #namespace: Namespace;

  private constructor(spec: SupervisorSpec, namespace: Namespace, paths: WorkloadPaths, without: string | null) {
    this.#spec = spec;
    this.#namespace = namespace;
    this.paths = paths;
    this.pipes = new Pipes(join(spec.dir, 'pipes'));
    this.withoutNamespace = without;
  }

  /** Finds out, once, which of the two ways there is. */
  static async open(spec: SupervisorSpec): Promise<View> {
    const paths = new WorkloadPaths(spec);
    const namespace = new Namespace({ dir: spec.dir, overlay: paths.overlay, places: paths.places });
    namespace.prepare();
    for (const dir of [paths.bin, dirname(spec.socket)]) mkdirSync(dir, { recursive: true, mode: 0o700 });
    const without = await whyNoNamespace(spec, namespace);
    // What a relative path such as `./app/scripts/start` finds where there is no `/app`.
    linkApp(join(paths.overlay, 'app'), without === null ? null : paths.app);
    return new View(spec, namespace, paths, without);
  }

  /**
   * The daemon's own environment, as every service, check and exec inherits it.
   */
  get environment(): Record<string, string> {
    const { environment, socket } = this.#spec;
    if (this.withoutNamespace !== null) return { ...environment, PEBBLE_SOCKET: environment.PEBBLE_SOCKET ?? socket };
    return { ...environment, PEBBLE_SOCKET: '/charm/container/pebble.socket' };
  }

  /**
   * How to start a service or an exec. Throws when it cannot be started, with Pebble's text for that.
   */
  launch(command: Command): Launch {
    const found = this.#located(command);
    return this.withoutNamespace === null ? this.#inNamespace(found) : this.#resolved(found);
  }

  /**
   * How to run something short, such as a check: outside of the namespace, which takes 30 ms to build, when the command
   * needs nothing that only the namespace shows. Arguments and values that are a path as a whole are translated.
   */
  launchShort(command: Command): Launch {
    const [program = '', ...rest] = command.words;
    const ownProgram = [program, command.workingDir].some((text) => /^(\/|\.\/)?app(\/|$)/.test(text));
    const inText = [...rest, ...Object.values(command.env)].some((text) =>
      /(?!^)\/app(\/|\b)|^(\.\/)?app\//.test(text),
    );
    return ownProgram || inText ? this.launch(command) : this.#resolved(this.#located(command));
  }

  /** Is there such a program? Without a slash it is looked for in the daemon's PATH, with one from `/`. */
  canFind(word: string): boolean {
    if (!word.includes('/')) return this.#find(word) !== undefined;
    const why = whyNotExecutable({ command: word, cwd: '/', path: '', real: (file) => this.paths.toRead(file) });
    return why === null || why.endsWith('exec format error');
  }

  /** Programs are found by the daemon's PATH, as by Pebble, also where the command has another one in its environment. */
  #located(command: Command): Command {
    const [word = '', ...rest] = command.words;
    if (word.includes('/') || command.env.PATH === this.environment.PATH) return command;
    return { ...command, words: [this.#find(word) ?? word, ...rest] };
  }

  #find(word: string): string | undefined {
    return findInPath(word, this.environment.PATH ?? systemPath, (file) => this.paths.toRead(file));
  }

  #inNamespace(command: Command): Launch {
    const { words, env, as } = command;
    const cwd = command.workingDir || '/';
    this.#check(words[0] ?? '', cwd);
    return { argv: this.#namespace.wrap(words, { cwd, as, env }), env: { ...env }, cwd: '/' };
  }

  #resolved(command: Command): Launch {
    const { words, as } = command;
    const cwd = command.workingDir ? this.paths.toRead(command.workingDir) : this.#home();
    const env = Object.fromEntries(
      Object.entries(command.env).map(([name, value]) => [name, this.#realValue(value)]),
    ) as Record<string, string>;
    const argv = words.map((word) => this.#realWord(word));
    this.#check(argv[0] ?? '', cwd);
    return { argv, env, cwd, ...(as ? { uid: as.uid, gid: as.gid } : {}) };
  }

  /** Refuses a service whose start script would look for `/app/` where there is none. */
  refuseScriptThatNamesApp(service: string, command: Command): void {
    const app = this.paths.app;
    if (this.withoutNamespace === null || app === null) return;
    const first = command.words[0] ?? '';
    const dir = command.workingDir || '/';
    const script = this.paths.toRead(isAbsolute(first) ? first : join(dir, first));
    const place = placeThatNamesApp(script, app);
    if (place === null) return;
    throw new Error(
      `cannot start service "${service}": ${place} names /app/, and no mount namespace can be had here: ` +
        `${this.withoutNamespace} (write a path relative to the script, or allow user namespaces: ` +
        'sysctl kernel.apparmor_restrict_unprivileged_userns=0)',
    );
  }

  /** `/` of the workload where there is no namespace: `app` is found below it, as in `./app/scripts/start`. */
  #home(): string {
    const { kind } = this.#spec.workload;
    if (kind === 'host') return process.cwd();
    return kind === 'machine' ? this.#spec.dir : this.paths.overlay;
  }

  #realWord(word: string): string {
    const ours = word === pebbleClient && this.#spec.workload.kind !== 'host';
    return ours ? join(this.paths.bin, 'pebble') : this.#realValue(word);
  }

  #realValue(value: string): string {
    if (!isAbsolute(value) || this.#spec.workload.kind === 'host') return value;
    return this.paths.isPushed(value) || /^\/(app|charm\/bin|charm\/container)(\/|$)/.test(value)
      ? this.paths.toRead(value)
      : value;
  }

  #check(word: string, cwd: string): void {
    const path = this.environment.PATH ?? systemPath;
    const why = whyNotExecutable({ command: word, cwd, path, real: (file) => this.paths.toRead(file) });
    if (why !== null) throw new Error(`cannot start service: ${why}`);
  }
}

async function whyNoNamespace(spec: SupervisorSpec, namespace: Namespace): Promise<string | null> {
  if (spec.workload.kind !== 'directory') return 'this workload is the machine itself';
  if (spec.namespace === 'never') return 'namespaces are switched off';
  return namespace.whyImpossible();
}

/** Makes `link` lead to the directory, or takes it away for null; leaves alone what is right already. */
function linkApp(link: string, app: string | null): void {
  if (leadsTo(link) === app) return;
  rmSync(link, { force: true });
  if (app !== null) symlinkSync(app, link);
}

function leadsTo(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}
