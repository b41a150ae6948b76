import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { download } from '../../../src/companions/download.ts';
import { tarOf } from './tar-of.ts';

let dir: string;
const servers: Server[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'download-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(dir, { recursive: true, force: true });
});

const content = gzipSync(tarOf({ 'acme-server': Buffer.from('the program') }));
const sha256 = createHash('sha256').update(content).digest('hex');

async function listen(server: Server): Promise<string> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

const serve = async (listener: RequestListener) =>
  `http://${await listen(createServer({ keepAlive: false }, listener))}/`;

const fetched = (...urls: string[]): Promise<string> => fetchedWithin(30_000, ...urls);

async function fetchedWithin(connectMs: number, ...urls: string[]): Promise<string> {
  const target = join(dir, 'acme-server');
  const archive = { urls, sha256, member: 'acme-server', megabytes: 1 };
  await download(archive, { title: 'Acme', target, env: {}, say: () => {}, connectMs });
  expect((await stat(target)).mode & 0o777).toBe(0o755);
  return readFile(target, 'utf8');
}

test('follows a redirect to the file', async () => {
  const file = await serve((_, response) => response.end(content));
  const front = await serve((_, response) => response.writeHead(302, { location: file }).end());
  expect(await fetched(front)).toBe('the program');
});

test('takes the place that works when another does not', async () => {
  const broken = await serve((_, response) => response.writeHead(503).end());
  const file = await serve((_, response) => response.end(content));
  expect(await fetched(broken, file)).toBe('the program');
});

test('gives up soon when a host takes the connection and says nothing', async () => {
  const host = await listen(createTcpServer(() => {}));
  await expect(fetchedWithin(300, `https://${host}/`)).rejects.toThrow(
    `cannot download it from ${host}: no connection within 0.3 s`,
  );
});

test('says why when the file is not there', async () => {
  const url = await serve((_, response) => response.writeHead(404).end());
  await expect(fetched(url)).rejects.toThrow(/^cannot download it from 127\.0\.0\.1:\d+: HTTP status 404$/);
});

test('refuses what is no archive', async () => {
  const url = await serve((_, response) => response.end('<html>please log in</html>'));
  await expect(fetched(url)).rejects.toThrow('incorrect header check');
});

test('refuses a transfer that breaks off', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 40), () => response.destroy());
  });
  await expect(fetched(url)).rejects.toThrow('aborted');
});

test('takes one answer and lets go of a slower one', async () => {
  const file = await serve((_, response) => response.end(content));
  const slower = await serve((_, response) => {
    response.writeHead(200);
    response.write(content.subarray(0, 10));
  });
  expect(await fetched(file, slower)).toBe('the program');
});

test("believes the release's own list of checksums where none is known, and takes the programs beside", async () => {
  const two = gzipSync(
    tarOf({ 'acme-1.2/acme-server': Buffer.from('server'), 'acme-1.2/acme-check': Buffer.from('check') }),
  );
  const url = `${await serve((_, response) => response.end(two))}acme-1.2.tar.gz`;
  const sums = (sum: string) => `${'0'.repeat(64)}  acme-1.1.tar.gz\n${sum}  acme-1.2.tar.gz\n`;
  const fetchWith = async (list: string) => {
    const listed = await serve((_, response) => response.end(list));
    const [member, beside] = ['acme-1.2/acme-server', ['acme-1.2/acme-check']];
    const archive = { urls: [url], sha256: { list: listed }, member, beside, megabytes: 1 };
    await download(archive, { title: 'Acme', target: join(dir, 'acme-server'), env: {}, say: () => {} });
  };
  await fetchWith(sums(createHash('sha256').update(two).digest('hex')));
  expect(await readFile(join(dir, 'acme-server'), 'utf8')).toBe('server');
  expect(await readFile(join(dir, 'acme-check'), 'utf8')).toBe('check');
  expect((await stat(join(dir, 'acme-check'))).mode & 0o777).toBe(0o755);
  await expect(fetchWith(sums('1'.repeat(64)))).rejects.toThrow(/its SHA-256 is [0-9a-f]{64}, not 1{64}: refused/);
  await expect(fetchWith('nothing here')).rejects.toThrow('its checksum is not in http://127.0.0.1');
});

test('puts the folders that a program needs beside it, and nothing outside of them', async () => {
  const files = {
    'acme-1/bin/acme-server': 'program',
    'acme-1/conf/a/b.ini': 'b',
    'acme-1/conf/../../x': 'x',
    'acme-1/docs/c': 'c',
  };
  const tar = tarOf(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));
  const packed = gzipSync(tar);
  const url = await serve((request, response) =>
    response.end(request.url === '/sum' ? createHash('sha256').update(packed).digest('hex') : packed),
  );
  const archive = {
    urls: [url],
    sha256: { list: `${url}sum` },
    member: 'acme-1/bin/acme-server',
    folders: ['acme-1/conf'],
    megabytes: 1,
  };
  await download(archive, { title: 'Acme', target: join(dir, 'acme-server'), env: {}, say: () => {} });
  expect((await readdir(dir, { recursive: true })).sort()).toEqual(['acme-server', 'conf', 'conf/a', 'conf/a/b.ini']);
});

test('takes the program out of a zip file as well', async () => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('the program'), 'acme-linux-amd64');
  zip.end();
  const packed = await buffer(zip.outputStream);
  const url = `${await serve((_, response) => response.end(packed))}acme.zip`;
  const fetchWith = async (sum: string, member = 'acme-linux-amd64') => {
    const target = join(dir, 'acme');
    const archive = { urls: [url], sha256: sum, member, megabytes: 1 };
    await download(archive, { title: 'Acme', target, env: {}, say: () => {} });
    return [await readFile(target, 'utf8'), (await stat(target)).mode & 0o777, await readdir(dir)];
  };
  const sum = createHash('sha256').update(packed).digest('hex');
  expect(await fetchWith(sum)).toEqual(['the program', 0o755, ['acme']]);
  await expect(fetchWith('1'.repeat(64))).rejects.toThrow('refused');
  await expect(fetchWith(sum, 'other')).rejects.toThrow('the archive holds no "other"');
});
