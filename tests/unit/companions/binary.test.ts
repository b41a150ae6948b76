import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { binaryNeeds, findBinary, obtainBinary, type ServerBinary } from '../../../src/companions/binary.ts';
import type { CompanionPlaces } from '../../../src/controller/companion.ts';
import { isRunning } from './is-running.ts';
import { tarOf } from './tar-of.ts';

let dir: string;
let server: Server;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'binary-'));
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(dir, { recursive: true, force: true });
});

const program = (version: string) => `#!/bin/sh\necho "server ${version}"\n`;

const base: ServerBinary = {
  command: 'acme-server',
  title: 'Acme server',
  version: '1.2.3',
  variable: 'CHARMLET_ACME',
  versionArgs: ['--version'],
  readVersion: (output) => /^server ([\d.]+)/.exec(output)?.[1],
  minimum: '1.2.0',
  wanted: 'Acme server 1.2.0 or newer',
  archives: {},
};

const goBuild = { package: 'example.com/acme-server', goVersion: '1.25', megabytes: 1, seconds: 120, packages: 10 };

async function put(where: string, content: string): Promise<string> {
  await mkdir(join(dir, where), { recursive: true });
  const path = join(dir, where, 'acme-server');
  await writeFile(path, content);
  await chmod(path, 0o755);
  return path;
}

/** A machine with nothing on it but a shell. */
function places(env: NodeJS.ProcessEnv = {}): CompanionPlaces {
  return { cache: join(dir, 'cache'), env: { PATH: '', HOME: dir, ...env } };
}

function served(content: Buffer, sha256 = createHash('sha256').update(content).digest('hex')): ServerBinary {
  server.on('request', (_, response) => response.end(content));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme.tar.gz`;
  return { ...base, archives: { [process.arch]: { urls: [url], sha256, member: 'acme-server', megabytes: 1 } } };
}

async function obtain(binary: ServerBinary, at: CompanionPlaces) {
  const said: string[] = [];
  const found = await obtainBinary(binary, { places: at, say: (line) => said.push(line) });
  return { found, said };
}

test('prefers the path in the variable, then PATH, then the cache', async () => {
  const [explicit, onPath, cached] = await Promise.all(
    ['explicit', 'path', 'cache/bin/acme-server-1.2.3'].map((where) => put(where, program('1.2.3'))),
  );
  const env = { CHARMLET_ACME: explicit, PATH: join(dir, 'path') };
  expect((await findBinary(base, places(env))).found?.path).toBe(explicit);
  expect((await findBinary(base, places({ PATH: env.PATH }))).found?.path).toBe(onPath);
  expect((await findBinary(base, places())).found?.path).toBe(cached);
});

test('passes over a binary on PATH that is too old or another program, and says so', async () => {
  const old = await put('old', program('1.1.9'));
  const other = await put('other', '#!/bin/sh\necho hello\n');
  const cached = await put('cache/bin/acme-server-1.2.3', program('1.2.3'));
  const { found, said } = await obtain(base, places({ PATH: `${join(dir, 'old')}:${join(dir, 'other')}` }));
  expect(found.path).toBe(cached);
  expect(said).toEqual([
    `${old} is passed over: version 1.1.9 is too old (wanted: Acme server 1.2.0 or newer)`,
    `${other} is passed over: it is no Acme server (wanted: Acme server 1.2.0 or newer)`,
  ]);
});

test('never ignores a path that was set on purpose', async () => {
  const missing = join(dir, 'nowhere');
  await put('path', program('1.2.3'));
  await expect(findBinary(base, places({ CHARMLET_ACME: missing, PATH: join(dir, 'path') }))).rejects.toThrow(
    `cannot use CHARMLET_ACME="${missing}": no such file (path of a Acme server 1.2.0 or newer)`,
  );
});

test('remembers where it was when PATH becomes shorter', async () => {
  const onPath = await put('path', program('1.2.3'));
  await obtain(base, places({ PATH: join(dir, 'path') }));
  expect((await findBinary(base, places())).found?.path).toBe(onPath);
});

test('needs nothing when a binary is at hand, and says what it would fetch otherwise', async () => {
  const binary = served(Buffer.alloc(0));
  expect(await binaryNeeds(binary, places())).toEqual([
    { what: 'Acme server 1.2.3', how: 'download', megabytes: 1, seconds: 30 },
  ]);
  await put('path', program('1.2.3'));
  expect(await binaryNeeds(binary, places({ PATH: join(dir, 'path') }))).toEqual([]);
});

test('downloads a release once and finds it in the cache from then on', async () => {
  const binary = served(
    gzipSync(tarOf({ LICENSE: Buffer.from('free'), 'acme-server': Buffer.from(program('1.2.3')) })),
  );
  const { found } = await obtain(binary, places());
  expect(found).toEqual({ path: join(dir, 'cache/bin/acme-server-1.2.3/acme-server'), version: '1.2.3' });
  server.close();
  expect((await obtain(binary, places())).found).toEqual(found);
});

test('refuses a download whose checksum is wrong, and leaves nothing behind', async () => {
  const binary = served(gzipSync(tarOf({ 'acme-server': Buffer.from(program('1.2.3')) })), 'f00d');
  await expect(obtain(binary, places())).rejects.toThrow(
    /^cannot get Acme server 1\.2\.3: no usable "acme-server" on PATH; cannot download it from 127\.0\.0\.1:\d+: its SHA-256 is [0-9a-f]{64}, not f00d: refused \(put "acme-server" on PATH, or set CHARMLET_ACME=<its path>, or open the network\)$/,
  );
  expect(await readdir(join(dir, 'cache/bin'))).toEqual([]);
});

test('says in one line what it tried when there is no network and no Go', async () => {
  const { archives } = served(Buffer.alloc(0));
  server.close();
  const go = { ...goBuild, goVersion: '99.0' };
  const error = await obtain({ ...base, archives, go }, places({ GOTOOLCHAIN: 'local' })).catch((reason) => reason);
  expect(error.message).toMatch(
    /^cannot get Acme server 1\.2\.3: no usable "acme-server" on PATH; cannot download it from 127\.0\.0\.1:\d+: connection refused; (no Go toolchain found|Go \S+ at \S+ is too old) to build it.* \(put "acme-server" on PATH, or set CHARMLET_ACME=<its path>, or install Go 99\.0 or newer, or open the network\)$/,
  );
});

test('builds with Go when the release cannot be had, and shows how far it is in its log', async () => {
  await mkdir(join(dir, 'go'));
  await writeFile(
    join(dir, 'go/go'),
    `#!/bin/sh
case "$1" in
env) echo '{"GOVERSION":"go1.25.1","GOTOOLCHAIN":"local","GOPROXY":"direct","GOFLAGS":""}' ;;
install) echo "go: downloading example.com/acme v1" >&2; echo "example.com/acme" >&2; printf '#!/bin/sh\\necho server 1.2.3\\n' >"$GOBIN/acme-server"; /bin/chmod +x "$GOBIN/acme-server"; echo "$*" ;;
esac
`,
  );
  await chmod(join(dir, 'go/go'), 0o755);
  const { found, said } = await obtain({ ...base, go: goBuild }, places({ PATH: join(dir, 'go') }));
  expect(found.version).toBe('1.2.3');
  expect(said[0]).toBe('building Acme server 1.2.3 with Go 1.25.1 (about 2 min on 2 cores)');
  expect(await readFile(join(dir, 'cache/bin/acme-server-1.2.3.build.log'), 'utf8')).toContain(
    'install -v example.com/acme-server@v1.2.3',
  );
});

test('builds inside a module of its own where the package needs replace directives', async () => {
  await mkdir(join(dir, 'go'));
  await writeFile(
    join(dir, 'go/go'),
    `#!/bin/sh
case "$1" in
env) echo '{"GOVERSION":"go1.25.1","GOTOOLCHAIN":"local","GOPROXY":"direct","GOFLAGS":""}' ;;
get) echo "go: added example.com/acme v1.2.3"; echo "$* GOWORK=$GOWORK"; while read -r line; do echo "go.mod $line"; done <go.mod ;;
build) for last; do package="$last"; done; [ "$package" = example.com/acme-server ] || exit 1
  while [ "$1" != -o ]; do shift; done; printf '#!/bin/sh\\necho server 1.2.3\\n' >"$2"; /bin/chmod +x "$2" ;;
esac
`,
    { mode: 0o755 },
  );
  const go = { ...goBuild, module: { replace: ['example.com/a => example.com/fork v0.1.0'] } };
  const { found } = await obtain({ ...base, go }, places({ PATH: join(dir, 'go') }));
  expect(found.version).toBe('1.2.3');
  expect(await readFile(join(dir, 'cache/bin/acme-server-1.2.3.build.log'), 'utf8')).toBe(
    [
      'go: added example.com/acme v1.2.3',
      'get -tool example.com/acme-server@v1.2.3 GOWORK=off',
      'go.mod module charmlet.build',
      'go.mod ',
      'go.mod go 1.25',
      'go.mod ',
      'go.mod replace example.com/a => example.com/fork v0.1.0',
      '',
    ].join('\n'),
  );
});

test('tells a failed build by the last thing that Go complained about', async () => {
  await mkdir(join(dir, 'go'));
  const script = `#!/bin/sh\n[ "$1" = env ] && echo '{"GOVERSION":"go1.25.1","GOTOOLCHAIN":"local","GOPROXY":"direct","GOFLAGS":""}' && exit\necho "go: example.com/acme@v1: not found" >&2\nexit 1\n`;
  await writeFile(join(dir, 'go/go'), script, { mode: 0o755 });
  await expect(obtain({ ...base, go: goBuild }, places({ PATH: join(dir, 'go') }))).rejects.toThrow(
    'the build failed: go: example.com/acme@v1: not found',
  );
});

test('ends a build, with all that it started, when it is aborted', async () => {
  await mkdir(join(dir, 'go'));
  const pidFile = join(dir, 'compiler.pid');
  const script = `#!/bin/sh\n[ "$1" = env ] && echo '{"GOVERSION":"go1.25.1","GOTOOLCHAIN":"local","GOPROXY":"direct","GOFLAGS":""}' && exit\n/bin/sleep 300 & echo $! >${pidFile}; echo started\nwait\n`;
  await writeFile(join(dir, 'go/go'), script, { mode: 0o755 });
  const stop = new AbortController();
  const options = { places: places({ PATH: join(dir, 'go') }), say: () => {}, signal: stop.signal };
  const building = obtainBinary({ ...base, go: goBuild }, options);
  const failed = expect(building).rejects.toThrow('aborted');
  await expect.poll(() => readFile(pidFile, 'utf8').catch(() => ''), { timeout: 10_000 }).toMatch(/^\d+\n$/);
  stop.abort();
  await failed;
  const pid = Number(await readFile(pidFile, 'utf8'));
  await expect.poll(() => isRunning(pid), { timeout: 15_000 }).toBe(false);
  expect((await readdir(join(dir, 'cache/bin'))).filter((name) => !name.endsWith('.log'))).toEqual([]);
});
