import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTied } from './tied-process.ts';

/** How to build a server from source with Go. */
export interface GoBuild {
  /** The command's package. Without `module`, its last part must be the name of the binary. */
  readonly package: string;
  /**
   * Builds inside a module of ours instead of by `go install`, which refuses a package whose own go.mod has replace
   * directives. Go obeys those of the main module alone, so the ones that matter are repeated here.
   */
  readonly module?: {
    /** Each as in a go.mod: `example.com/a => example.com/fork v1.2.3`. */
    readonly replace: readonly string[];
  };
  /** Programs of the same module that are built beside it. */
  readonly beside?: readonly string[];
  /** The module's version where it is not the program's: `0.313.5` is Prometheus 3.13.5. */
  readonly moduleVersion?: string;
  readonly tags?: readonly string[];
  readonly ldflags?: string;
  /** The oldest Go that its go.mod allows. */
  readonly goVersion: string;
  readonly megabytes: number;
  /** On two cores with nothing cached. */
  readonly seconds: number;
  /** About how many packages are compiled, for the progress lines. */
  readonly packages: number;
}

export interface GoBuildOptions {
  readonly title: string;
  readonly command: string;
  readonly version: string;
  /** The directory that gets the binary. */
  readonly into: string;
  /** Everything that Go printed. */
  readonly log: string;
  /** Where Go may write: module and build caches, 2 GB. Kept when the build fails, so that the next one is shorter. */
  readonly scratch: string;
  readonly env: NodeJS.ProcessEnv;
  say(line: string): void;
  readonly signal?: AbortSignal | undefined;
}

const progressEveryMs = 10_000;
/** From this version on Go fetches a newer toolchain by itself when a module asks for one. */
const selfUpdating = '1.21';

/**
 * Builds the binary with the Go toolchain that is on `PATH` or at Go's usual place, writing
 * nothing outside `scratch`, which is removed in the end. The module's checksums are verified by Go. Rejects with a clause that says why, for a message that goes on.
 */
export async function buildWithGo(build: GoBuild, options: GoBuildOptions): Promise<void> {
  const env = goEnvironment(options.env, options.scratch);
  const go = await findGo(env);
  if (!go) throw new Error('no Go toolchain found to build it');
  if (!go.willDo(build.goVersion)) {
    throw new Error(`Go ${go.version} at ${go.path} is too old to build it (${build.goVersion} or newer)`);
  }
  const temporary = join(options.scratch, 'tmp');
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const startedAt = Date.now();
  options.say(
    `building ${options.title} with Go ${go.version} (about ${Math.round(build.seconds / 60)} min on 2 cores)`,
  );
  const log = createWriteStream(options.log, { mode: 0o600 });
  let compiled = 0;
  let problem = '';
  const ticker = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    options.say(`building ${options.title}: ${compiled} of about ${build.packages} packages, ${seconds} s`);
  }, progressEveryMs);
  try {
    const settings = {
      ...env,
      GOBIN: options.into,
      GOTMPDIR: temporary,
      GOWORK: 'off',
      GOPROXY: await withUsersModules(go.settings.GOPROXY, options.env),
      // Without it the module cache is read-only and cannot be removed.
      GOFLAGS: `${go.settings.GOFLAGS} -modcacherw`.trim(),
    };
    const cwd = join(options.scratch, `module-${options.command}`);
    await writeModule(build, cwd);
    for (const args of goCommands(build, options)) {
      const { exitCode } = await runTied([go.path, ...args], {
        env: settings,
        cwd,
        line: (text) => {
          log.write(`${text}\n`);
          if (/^[\w./~-]+$/.test(text)) compiled++;
          else if (!/^go: (downloading|added|upgraded) /.test(text)) problem = text;
        },
        signal: options.signal,
      });
      options.signal?.throwIfAborted();
      if (exitCode !== 0) throw new Error(`the build failed: ${problem || `exit code ${exitCode}`} (${options.log})`);
    }
  } finally {
    clearInterval(ticker);
    log.end();
  }
  await rm(options.scratch, { recursive: true, force: true });
  options.say(`built ${options.title} in ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

/** The directory that Go runs in, with a go.mod of ours when the build wants one. */
async function writeModule(build: GoBuild, dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (!build.module) return;
  const replaces = build.module.replace.map((line) => `replace ${line}\n`).join('');
  await writeFile(join(dir, 'go.mod'), `module charmlet.build\n\ngo ${build.goVersion}\n\n${replaces}`);
}

function goCommands(build: GoBuild, options: GoBuildOptions): readonly (readonly string[])[] {
  const flags = [
    '-v',
    ...(build.tags ? ['-tags', build.tags.join(',')] : []),
    ...(build.ldflags ? ['-ldflags', build.ldflags] : []),
  ];
  const version = `v${build.moduleVersion ?? options.version}`;
  const beside = build.beside ?? [];
  if (!build.module) return [['install', ...flags, ...[build.package, ...beside].map((each) => `${each}@${version}`)]];
  return [
    ['get', '-tool', ...[build.package, ...beside].map((each) => `${each}@${version}`)],
    ['build', ...flags, '-o', join(options.into, options.command), build.package],
    ...beside.map((each) => ['build', ...flags, '-o', join(options.into, basename(each)), each]),
  ];
}

/** Go's own settings, as its environment and `go env -w` make them. */
const asked = ['GOVERSION', 'GOTOOLCHAIN', 'GOPROXY', 'GOFLAGS'] as const;

interface Go {
  readonly path: string;
  readonly version: string;
  readonly settings: Readonly<Record<(typeof asked)[number], string>>;
  willDo(minimum: string): boolean;
}

async function findGo(env: NodeJS.ProcessEnv): Promise<Go | undefined> {
  const dirs = [
    ...(env.PATH ?? '').split(delimiter).filter(Boolean),
    '/usr/local/go/bin',
    '/usr/lib/go/bin',
    '/snap/bin',
  ];
  for (const dir of dirs) {
    const path = join(dir, 'go');
    const go = (await exists(path)) ? await inspectGo(path, env) : undefined;
    if (go) return go;
  }
  return undefined;
}

function inspectGo(path: string, env: NodeJS.ProcessEnv): Promise<Go | undefined> {
  return new Promise((resolve) => {
    execFile(path, ['env', '-json', ...asked], { env, timeout: 10_000 }, (error, stdout) => {
      if (error) return resolve(undefined);
      const settings = JSON.parse(stdout) as Go['settings'];
      const version = /^go(\d+\.\d+(?:\.\d+)?)/.exec(settings.GOVERSION)?.[1];
      if (!version) return resolve(undefined);
      const updates = settings.GOTOOLCHAIN !== 'local' && atLeast(version, selfUpdating);
      resolve({ path, version, settings, willDo: (minimum) => updates || atLeast(version, minimum) });
    });
  });
}

function atLeast(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((text) => text.split('.').map(Number)) as [number[], number[]];
  return a[0]! > b[0]! || (a[0] === b[0] && a[1]! >= b[1]!);
}

/**
 * The user's environment and Go settings, with everything that Go writes turned into a directory of ours. What the
 * user's own module cache already holds is read from there instead of the network.
 */
function goEnvironment(env: NodeJS.ProcessEnv, own: string): NodeJS.ProcessEnv {
  const home = env.HOME || homedir();
  const settings = env.GOENV || join(env.XDG_CONFIG_HOME || join(home, '.config'), 'go/env');
  const { XDG_CONFIG_HOME: _config, XDG_CACHE_HOME: _cache, GOROOT: _root, ...rest } = env;
  return {
    ...rest,
    HOME: own,
    GOENV: settings,
    NETRC: env.NETRC || join(home, '.netrc'),
    GOPATH: own,
    GOMODCACHE: join(own, 'pkg/mod'),
    GOCACHE: join(own, 'build'),
  };
}

/** Go's list of module proxies, with the user's module cache in front when there is one. */
async function withUsersModules(proxies: string, env: NodeJS.ProcessEnv): Promise<string> {
  const modules = env.GOMODCACHE || join(env.GOPATH || join(env.HOME || homedir(), 'go'), 'pkg/mod');
  const downloaded = join(modules, 'cache/download');
  return (await exists(downloaded)) ? `${pathToFileURL(downloaded)},${proxies}` : proxies;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
