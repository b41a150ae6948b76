import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, get as httpsGet } from 'node:https';
import { basename, dirname, join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { get as httpGet } from '../plain-http/plain-http.ts';
import { type Archive, type DownloadOptions, pauseMs, progressLines, type SummedArchive } from './transfer.ts';

/** How long an answer may take to begin. */
const answerMs = 10_000;

/**
 * Downloads a release and writes its program to `target` when the checksum is right. Gives up early where there is no
 * network. Rejects with a clause that says why, for a message that goes on.
 */
export async function download(archive: Archive, options: DownloadOptions): Promise<void> {
  const hosts = [...new Set(archive.urls.map((url) => new URL(url).host))].join(' or ');
  const connectMs = options.connectMs ?? 3000;
  options.say(`downloading ${options.title} (about ${archive.megabytes} MB) from ${hosts}`);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal;
  try {
    const asking = { env: options.env, signal, connectMs };
    const sha256 = typeof archive.sha256 === 'string' ? archive.sha256 : await listedSum(archive, asking);
    const response = await firstAnswer(archive.urls, asking);
    const isZip = archive.urls.every((url) => new URL(url).pathname.endsWith('.zip'));
    const { unpackZip } = isZip ? await import('./unpack-zip.ts') : { unpackZip: unpack };
    await unpackZip(response, { ...archive, sha256 }, options);
  } catch (error) {
    throw new Error(`cannot download it from ${hosts}: ${why(error)}`, { cause: error });
  } finally {
    stop.abort();
  }
}

interface Asking {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly connectMs: number;
}

async function firstAnswer(urls: readonly string[], asking: Asking): Promise<IncomingMessage> {
  const ca = await certificates(asking.env);
  const agent = new Agent({ ca, proxyEnv: asking.env });
  return Promise.any(urls.map((url) => ask(new URL(url), { ...asking, agent })));
}

/** Follows redirects to an answer with status 200. */
async function ask(url: URL, asking: Asking & { readonly agent: Agent }, redirects = 5): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { signal } = asking;
    const options = { signal, headers: { 'user-agent': 'charmlet' } };
    const request =
      url.protocol === 'http:' ? httpGet(url, options) : httpsGet(url, { ...options, agent: asking.agent });
    const giveUp = (ms: number, text: string) => setTimeout(() => request.destroy(new Error(text)), ms);
    let timer = giveUp(asking.connectMs, `no connection within ${asking.connectMs / 1000} s`);
    request.once('socket', (socket) =>
      socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', () => {
        clearTimeout(timer);
        timer = giveUp(answerMs, `no answer within ${answerMs / 1000} s`);
      }),
    );
    // Errors may come again, and to answers that nobody reads any more: a listener has to stay.
    request.on('error', reject).once('response', (response) => resolve(response.on('error', () => {})));
    request.once('close', () => clearTimeout(timer)).once('response', () => clearTimeout(timer));
  });
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return response;
  response.resume();
  if (statusCode >= 300 && statusCode < 400 && headers.location && redirects > 0) {
    const next = new URL(headers.location, url);
    if (url.protocol === 'https:' && next.protocol !== 'https:') throw new Error('redirected to a place without TLS');
    return ask(next, asking, redirects - 1);
  }
  throw new Error(`HTTP status ${statusCode}`);
}

/** The archive's checksum in its release's list: lines of a checksum and a file's name, or nothing but the one checksum. */
async function listedSum({ sha256, urls }: Archive, asking: Asking): Promise<string> {
  const { list } = sha256 as { list: string };
  const response = await firstAnswer([list], asking);
  let text = '';
  for await (const chunk of response) text += chunk;
  const files = urls.map((url) => basename(new URL(url).pathname));
  const lines = text.split('\n').map((line) => /^([0-9a-f]{64}) [ *](?:\.\/)?(\S+)$/.exec(line.trim()));
  const alone = /^[0-9a-f]{64}$/.exec(text.trim())?.[0];
  const sum = alone ?? lines.find((line) => line && files.includes(line[2]!))?.[1];
  if (!sum) throw new Error(`its checksum is not in ${list}`);
  return sum;
}

async function unpack(response: IncomingMessage, archive: SummedArchive, options: DownloadOptions): Promise<void> {
  // Everything below is connected in one go: an entry or an error that comes before there is a listener would be lost.
  const broken = once(response, 'error').then(([error]) => Promise.reject(error));
  broken.catch(() => {});
  const file = await open(options.target, 'w', 0o755);
  const hash = createHash('sha256');
  const progress = progressLines(Number(response.headers['content-length']) || undefined, options);
  response.setTimeout(pauseMs, () => response.destroy(new Error(`no data for ${pauseMs / 1000} s`)));
  response.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    progress(chunk.length);
  });
  const tar = extract();
  const unzipped = createGunzip();
  unzipped.on('error', (error) => tar.destroy(error));
  response.pipe(unzipped).pipe(tar);
  let found = false;
  const unpacked = (async () => {
    for await (const entry of tar) {
      const name = entry.header.type === 'file' ? entry.header.name.replace(/^\.\//, '') : '';
      const wanted = name === archive.member;
      found ||= wanted;
      const other = placeBeside(name, archive, dirname(options.target));
      if (other) await mkdir(dirname(other), { recursive: true, mode: 0o755 });
      const into = other === undefined ? file : await open(other, 'w', 0o755);
      for await (const chunk of entry) if (wanted || other) await into.writeFile(chunk as Buffer);
      if (other) await into.close();
    }
  })();
  try {
    await Promise.race([unpacked, broken]);
    await file.sync();
  } finally {
    unpacked.catch(() => {});
    tar.destroy();
    await file.close();
  }
  const sum = hash.digest('hex');
  if (sum !== archive.sha256) throw new Error(`its SHA-256 is ${sum}, not ${archive.sha256}: refused`);
  if (!found) throw new Error(`the archive holds no "${archive.member}"`);
}

/** Where a file of the archive goes that is not the program; undefined: nowhere. */
function placeBeside(name: string, { beside, folders }: Archive, directory: string): string | undefined {
  if (beside?.includes(name)) return join(directory, basename(name));
  const folder = folders?.find((one) => name.startsWith(`${one}/`));
  if (folder === undefined || name.split('/').includes('..')) return undefined;
  return join(directory, basename(folder), name.slice(folder.length + 1));
}

/** Node's own list, the machine's, and what the user's environment names: laptops behind inspecting proxies need these. */
async function certificates(env: NodeJS.ProcessEnv): Promise<string[]> {
  const files = [env.NODE_EXTRA_CA_CERTS, env.SSL_CERT_FILE].filter((file): file is string => Boolean(file));
  const extra = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return [...getCACertificates('bundled'), ...getCACertificates('system'), ...extra.filter(Boolean)];
}

function why(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = first as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name is not known here (no network?)';
  if (code === 'ECONNREFUSED') return 'connection refused';
  return message || code || String(first);
}
