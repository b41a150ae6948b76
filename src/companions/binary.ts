import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Need } from '../controller/api.ts';
import type { CompanionPlaces } from '../controller/companion.ts';
import { withBuildLock } from './build-lock.ts';
import type { GoBuild } from './go-build.ts';
import type { Archive } from './transfer.ts';

/** A server program that a companion runs, and every way to get it. */
export interface ServerBinary {
  /** Its name on `PATH` and in the cache. */
  readonly command: string;
  /** What distributions call it on `PATH`, beside `command`. */
  readonly alsoCalled?: readonly string[];
  /** For people: `Temporal CLI`. */
  readonly title: string;
  /** The release that is fetched or built when none is found. */
  readonly version: string;
  /** The environment variable that may hold a path to it. */
  readonly variable: string;
  readonly versionArgs: readonly string[];
  /** The version that counts, from what `versionArgs` printed; undefined when this is another program. */
  readVersion(output: string): string | undefined;
  /** The oldest version that will do, as `readVersion` gives it. */
  readonly minimum: string;
  /** What will do, for people: `Temporal CLI with server 1.29.0 or newer`. */
  readonly wanted: string;
  /** Official releases for this operating system, by `process.arch`. */
  readonly archives: Readonly<Record<string, Archive>>;
  readonly go?: GoBuild;
}

export interface FoundBinary {
  readonly path: string;
  readonly version: string;
}

/**
 * Looks for a usable binary: the path in its variable, then `PATH`, then the cache, then where it was the last time:
 * whoever starts charmlet from a shell with a shorter `PATH` must not wait for a build. `notes` are lines for people about
 * candidates that were passed over. Rejects when the variable names something that cannot be used: what a user says
 * explicitly is never ignored.
 */
export async function findBinary(
  binary: ServerBinary,
  places: CompanionPlaces,
): Promise<{ readonly found?: FoundBinary; readonly notes: readonly string[] }> {
  const explicit = places.env[binary.variable];
  if (explicit) {
    const { version, problem } = await inspect(binary, explicit);
    if (version) return { found: { path: explicit, version }, notes: [] };
    throw new Error(`cannot use ${binary.variable}="${explicit}": ${problem} (path of a ${binary.wanted})`);
  }
  const notes: string[] = [];
  const onPath = (places.env.PATH ?? '').split(delimiter).filter((dir) => dir.startsWith('/'));
  const names = [binary.command, ...(binary.alsoCalled ?? [])];
  const candidates = [
    ...names.flatMap((name) => onPath.map((dir) => join(dir, name))),
    join(cacheDir(binary, places), binary.command),
  ];
  const before = await readFile(rememberedFile(binary, places), 'utf8').catch(() => '');
  for (const path of before ? [...candidates, before] : candidates) {
    if (!(await isExecutable(path))) continue;
    const { version, problem } = await inspect(binary, path);
    if (version) return { found: { path, version }, notes };
    notes.push(`${path} is passed over: ${problem} (wanted: ${binary.wanted})`);
  }
  return { notes };
}

/** What has to be fetched before the binary can run; empty when one is at hand. Asks the disk only. */
export async function binaryNeeds(binary: ServerBinary, places: CompanionPlaces): Promise<readonly Need[]> {
  if ((await findBinary(binary, places)).found) return [];
  const archive = binary.archives[process.arch];
  const { go } = binary;
  const title = `${binary.title} ${binary.version}`;
  if (archive) {
    const otherwise = go ? ` (where it cannot be downloaded: built with Go in about ${minutes(go.seconds)})` : '';
    return [{ what: `${title}${otherwise}`, how: 'download', megabytes: archive.megabytes, seconds: 30 }];
  }
  return go ? [{ what: title, how: 'build', megabytes: go.megabytes, seconds: go.seconds }] : [];
}

/**
 * Finds, downloads or builds the binary, in this order. Only one process of a user downloads or builds at a time; the
 * others wait for it. Rejects with one line that says what was tried and what the ways out are.
 */
export async function obtainBinary(
  binary: ServerBinary,
  options: { readonly places: CompanionPlaces; say(line: string): void; readonly signal?: AbortSignal | undefined },
): Promise<FoundBinary> {
  const { places, say } = options;
  const first = await findBinary(binary, places);
  for (const note of first.notes) say(note);
  const bin = join(places.cache, 'bin');
  await mkdir(bin, { recursive: true, mode: 0o700 });
  if (first.found) {
    await writeFile(rememberedFile(binary, places), first.found.path, { mode: 0o600 });
    return first.found;
  }
  const title = `${binary.title} ${binary.version}`;
  const waiting = () => say(`waiting: another charmlet is getting ${title}`);
  return withBuildLock(bin, { waiting, signal: options.signal }, async () => {
    const again = await findBinary(binary, places);
    if (again.found) return again.found;
    await removeHalfDone(binary, bin);
    const temporary = await mkdtemp(join(bin, `.${binary.command}-${binary.version}.`));
    try {
      const tried = await fetchOrBuild(binary, temporary, options);
      if (tried.length > 0) throw new Error(`cannot get ${title}: ${tried.join('; ')} (${waysOut(binary)})`);
      const { version, problem } = await inspect(binary, join(temporary, binary.command));
      if (!version) throw new Error(`cannot use the ${title} just made: ${problem} (${waysOut(binary)})`);
      await rm(cacheDir(binary, places), { recursive: true, force: true });
      await rename(temporary, cacheDir(binary, places));
      return { path: join(cacheDir(binary, places), binary.command), version };
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

/** Puts the binary into `into`. Answers why each way failed; nothing when one worked. */
async function fetchOrBuild(
  binary: ServerBinary,
  into: string,
  options: Parameters<typeof obtainBinary>[1],
): Promise<readonly string[]> {
  const { places, say, signal } = options;
  const title = `${binary.title} ${binary.version}`;
  const target = join(into, binary.command);
  const tried = [`no usable "${binary.command}" on PATH`];
  const archive = binary.archives[process.arch];
  if (archive) {
    const { download } = await import('./download.ts');
    const why = await reason(() => download(archive, { title, target, env: places.env, say, signal }));
    if (why === undefined) return [];
    tried.push(why);
  }
  if (binary.go) {
    const { go } = binary;
    if (archive) say(`${tried.at(-1)}; building ${title} with Go instead (about ${minutes(go.seconds)})`);
    const { buildWithGo } = await import('./go-build.ts');
    const log = join(places.cache, 'bin', `${binary.command}-${binary.version}.build.log`);
    const build = {
      title,
      command: binary.command,
      version: binary.version,
      into,
      log,
      scratch: join(places.cache, 'go'),
    };
    const why = await reason(() => buildWithGo(go, { ...build, env: places.env, say, signal }));
    if (why === undefined) return [];
    tried.push(why);
  }
  signal?.throwIfAborted();
  return tried;
}

async function reason(attempt: () => Promise<void>): Promise<string | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function waysOut(binary: ServerBinary): string {
  const go = binary.go ? `, or install Go ${binary.go.goVersion} or newer` : '';
  return `put "${binary.command}" on PATH, or set ${binary.variable}=<its path>${go}, or open the network`;
}

function cacheDir(binary: ServerBinary, places: CompanionPlaces): string {
  return join(places.cache, 'bin', `${binary.command}-${binary.version}`);
}

/** Holds the path of the binary that was found the last time. */
function rememberedFile(binary: ServerBinary, places: CompanionPlaces): string {
  return join(places.cache, 'bin', `${binary.command}.path`);
}

/** What an interrupted run left. Called under the lock, so that nobody works there. */
async function removeHalfDone(binary: ServerBinary, bin: string): Promise<void> {
  const prefix = `.${binary.command}-${binary.version}.`;
  const stale = (await readdir(bin)).filter((name) => name.startsWith(prefix));
  await Promise.all(stale.map((name) => rm(join(bin, name), { recursive: true, force: true })));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The binary's version if it will do, or what is wrong with it. */
async function inspect(binary: ServerBinary, path: string): Promise<{ version?: string; problem?: string }> {
  const answer = await new Promise<{ text: string; error?: string }>((resolve) => {
    execFile(path, [...binary.versionArgs], { timeout: 10_000, env: {} }, (error, stdout, stderr) =>
      resolve({ text: `${stdout}\n${stderr}`, ...(error && { error: sayWhy(error) }) }),
    );
  });
  const version = answer.error ? undefined : binary.readVersion(answer.text);
  if (answer.error) return { problem: answer.error };
  if (!version) return { problem: `it is no ${binary.title}` };
  if (isOlder(version, binary.minimum)) return { problem: `version ${version} is too old` };
  return { version };
}

function sayWhy(error: Error & { code?: unknown }): string {
  if (error.code === 'ENOENT') return 'no such file';
  if (error.code === 'EACCES') return 'not an executable file';
  return `it does not run (${error.message.split('\n')[0]})`;
}

/** Compares dotted numbers; what follows them (`-rc.1`) does not count. */
function isOlder(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((text) => text.split(/[.-]/).slice(0, 3).map(Number)) as [number[], number[]];
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && a[at]! < b[at]!;
}

function minutes(seconds: number): string {
  return `${Math.round(seconds / 60)} min`;
}
