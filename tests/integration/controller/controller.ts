import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Method, Methods, Reply, Status, UnitStatus } from '../../../src/controller/api.ts';
import { controllerSocket, type Paths, pathsFrom } from '../../../src/controller/paths.ts';
import { databaseFile, nameInModel } from '../../../src/controller/places.ts';
import { residentNodeOptions } from '../../../src/resident/node-options.ts';

const program = join(import.meta.dirname, '../../../src/bin/controller.ts');

/** A refusal, as the CLI would show it. */
export class Refused extends Error {}

/** A real controller process on directories of its own. */
export class TestController {
  readonly scratch = mkdtempSync(join(tmpdir(), 'charmlet-ct-'));
  readonly paths: Paths;
  #child: ChildProcess | undefined;
  #stderr = '';
  readonly #more: NodeJS.ProcessEnv;
  readonly #starter: readonly string[];

  /** `more`: variables for the controller's environment. `starter`: a command that becomes the one behind it. */
  constructor(more: NodeJS.ProcessEnv = {}, starter: readonly string[] = []) {
    this.#more = more;
    this.#starter = starter;
    this.paths = pathsFrom(this.env);
  }

  get env(): NodeJS.ProcessEnv {
    const { scratch } = this;
    return {
      PATH: process.env.PATH,
      HOME: scratch,
      CHARMLET_DATA: join(scratch, 'data'),
      CHARMLET_CACHE: join(tmpdir(), `charmlet-test-cache-${process.getuid?.()}`),
      XDG_RUNTIME_DIR: scratch,
      NODE_COMPILE_CACHE: join(tmpdir(), `charmlet-test-cache-${process.getuid?.()}`, 'compile'),
      ...this.#more,
    };
  }

  /** Resolves when it answers; rejects with what it printed when it ends instead. */
  async start(): Promise<void> {
    const [command = '', ...words] = [...this.#starter, process.execPath, ...residentNodeOptions, program];
    const child = spawn(command, words, {
      env: this.env,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.#stderr = '';
    child.stderr.on('data', (text) => {
      this.#stderr += text;
    });
    const ended = once(child, 'close').then(() => {
      throw new Error(this.#stderr.trim() || 'the controller has ended');
    });
    ended.catch(() => {});
    await Promise.race([
      ended,
      until('the controller answers', async () => (await this.call('ping', {}).catch(() => undefined)) ?? false),
    ]);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get runs(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Ends it as `charmlet stop` does. Resolves when its process has gone: until then it has the lock of its data. */
  async stop(): Promise<void> {
    const gone = this.#child && this.runs ? once(this.#child, 'exit') : undefined;
    await this.call('stop', {});
    await gone;
  }

  /** Ends it with everything that it started, and removes its directories. */
  async destroy(): Promise<void> {
    if (!existsSync(controllerSocket(this.paths)) || !(await this.call('ping', {}).catch(() => undefined)))
      await this.start().catch(() => {});
    await this.call('killController', {}).catch(() => {});
    if (this.#child && this.runs) await once(this.#child, 'exit');
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 10 });
  }

  /** The same controller, whose calls are for another model. It cannot be started or ended by this. */
  inModel(name: string): TestController {
    return Object.assign(Object.create(this) as TestController, { model: name });
  }

  /** Which model calls are for; the one in focus when empty. */
  readonly model: string = '';

  async call<M extends Method>(
    method: M,
    params: Methods[M]['params'],
    onEvent: (event: Methods[M]['event']) => void = () => {},
  ): Promise<Methods[M]['result']> {
    const path = `/v1/${method}${this.model && `?model=${encodeURIComponent(this.model)}`}`;
    const sent = request({ socketPath: controllerSocket(this.paths), path, method: 'POST' });
    sent.end(JSON.stringify(params));
    const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
    let rest = '';
    for await (const chunk of response) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const reply = JSON.parse(line) as Reply<M>;
        if ('event' in reply) onEvent(reply.event);
        else if ('error' in reply) throw new Refused(reply.error.message);
        else return reply.result;
      }
    }
    throw new Error('the controller hung up');
  }

  /** Deploys a charm with the options' defaults. */
  deploy(charm: string, options: Partial<Methods['deploy']['params']> = {}): Promise<Methods['deploy']['result']> {
    return this.call('deploy', {
      charm,
      units: 1,
      config: {},
      configYaml: [],
      resources: {},
      live: false,
      trust: false,
      ...options,
    });
  }

  config(
    application: string,
    values: Record<string, string>,
    reset: string[] = [],
  ): Promise<Methods['configSet']['result']> {
    return this.call('configSet', { application, values, reset });
  }

  /** A command in the unit's charm environment; its output. */
  async exec(unit: string, command: string): Promise<string> {
    const operation = await this.call('exec', { units: [unit], command, waitMs: 120_000, background: false });
    if (operation.timedOut) throw new Error(`waited 120 s for ${unit} to run: ${command}`);
    return String(operation.tasks[unit]?.results?.stdout ?? '');
  }

  status(): Promise<Status> {
    return this.call('status', { selectors: [] });
  }

  async unit(name: string): Promise<UnitStatus | undefined> {
    return (await this.status()).applications[name.split('/')[0]!]?.units?.[name];
  }

  /** Follows the model until the condition holds of it. */
  async waitFor(what: string, holds: (status: Status) => boolean): Promise<Status> {
    return until(what, async () => {
      const status = await this.status();
      return holds(status) && status;
    });
  }

  /** Until no unit of any model has anything left to be told. */
  async settled(): Promise<Status> {
    await until('every unit has nothing left to do', async () => isQuiet(this.paths));
    return this.status();
  }

  /** Until the unit is idle with that workload status, and nothing is left that it is to be told. */
  async waitForUnit(name: string, workload: string, message?: string): Promise<UnitStatus> {
    let seen: UnitStatus | undefined;
    try {
      return await until('', async () => {
        const quiet = isQuiet(this.paths, { model: this.model || 'default', unit: name });
        seen = await this.unit(name);
        const fits = seen?.['workload-status'].current === workload && seen['juju-status'].current === 'idle';
        return quiet && fits && (message === undefined || seen!['workload-status'].message === message) && seen!;
      });
    } catch (cause) {
      const wanted = `${workload} ${message ?? ''}`;
      throw new Error(`unit ${name} did not become ${wanted}: it is ${JSON.stringify(seen)}`, { cause });
    }
  }

  /** What the test charm's unit was told, in order; see `writeCharm`. */
  told(unit: string): string[] {
    const name = nameInModel({ name: this.model || 'default' }, unit.replace('/', '-'));
    const file = join(this.paths.data, 'units', name, 'told');
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  waitForTold(unit: string, event: string, times = 1): Promise<string[]> {
    return until(`unit ${unit} is told ${event}`, async () => {
      const told = this.told(unit);
      return told.filter((each) => each === event).length >= times && told;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it was told ${JSON.stringify(this.told(unit))}`);
    });
  }

  /** Process ids of everything that runs on behalf of this data directory, the controller's own left out. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((entry) => /^[0-9]+$/.test(entry) && Number(entry) !== process.pid && Number(entry) !== this.#child?.pid)
      .filter((entry) =>
        [`/proc/${entry}/cmdline`, `/proc/${entry}/environ`].some((file) => readText(file).includes(this.scratch)),
      )
      .map(Number);
  }
}

/**
 * Whether a unit, or every one of all models, has nothing left to be told or to do. What waits behind a hook that has failed
 * does not count. The agent's status alone does not tell: it is idle as well where the next event has not begun yet.
 */
function isQuiet(paths: Paths, only?: { readonly model: string; readonly unit: string }): boolean {
  const db = new DatabaseSync(databaseFile(paths), { timeout: 5000, readOnly: true });
  try {
    const busy = `SELECT 1 FROM units u JOIN applications a ON a.id = u.application JOIN models m ON m.uuid = a.model
      WHERE (?1 IS NULL OR (m.name = ?1 AND a.name || '/' || u.number = ?2)) AND (
        EXISTS (SELECT 1 FROM tasks WHERE unit = u.id AND status IN ('pending', 'running', 'aborting')) OR
        (SELECT count(*) > 0 AND sum(state = 'failed') = 0 FROM events WHERE unit = u.id))`;
    return db.prepare(busy).get(only?.model ?? null, only?.unit ?? null) === undefined;
  } finally {
    db.close();
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** A charm of a few lines of sh. Every unit of it notes in `told` what it is told; `body` is sh for the rest. */
export function writeCharm(
  directory: string,
  options: { readonly name: string; readonly body?: string; readonly files?: Record<string, string> },
): string {
  const { name, body = '', files = {} } = options;
  const dispatch = `#!/bin/sh\nevent=\${JUJU_DISPATCH_PATH##*/}\n${body}\necho "$event" >>"$JUJU_CHARM_DIR/../told"\n`;
  const all: Record<string, string> = { 'metadata.yaml': `name: ${name}\nsummary: a test charm\n`, dispatch, ...files };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
  chmodSync(join(directory, 'dispatch'), 0o755);
  return directory;
}

/** Looks until the condition gives something, for two minutes at most: a machine may be slow, and busy with other things. */
export async function until<T>(what: string, look: () => Promise<T | false>): Promise<T> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const found = await look();
    if (found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited 120 s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
