import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { choosePort } from '../../../src/companions/choose-port.ts';

let dataDir: string;
let holder: Server;
let taken: number;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'choose-port-'));
  // Low enough that the port 10,000 further on is none of those that the kernel gives to whoever connects somewhere.
  for (;;) {
    taken = 12_000 + Math.floor(Math.random() * 10_000);
    holder = createServer().listen(taken, '127.0.0.1');
    const listens = once(holder, 'listening').then(() => true);
    if (await listens.catch(() => false)) return;
  }
});
afterEach(async () => {
  holder.close();
  await rm(dataDir, { recursive: true, force: true });
});

const choose = (wanted: number, standard: number) =>
  choosePort({ purpose: 'http', wanted, standard, dataDir, application: 'prom' });
const holds = new RegExp(`^pid ${process.pid} \\(\\w+\\)$`);

test('refuses a port that the user named and another process has, and tells which', async () => {
  const { problem } = (await choose(taken, 1)) as { problem: string };
  const [, who] =
    /^cannot listen on 127\.0\.0\.1:\d+: port taken by (.*) \(charmlet config prom port=<free port>\)$/.exec(problem)!;
  expect(who).toMatch(holds);
});

test('takes the next one where the standard port is taken, says so, and stays with it', async () => {
  const moved = taken + 10_000;
  const note = expect.stringMatching(`^port ${taken} is taken by pid ${process.pid} \\(\\w+\\): using ${moved}$`);
  expect(await choose(0, taken)).toEqual({ port: moved, note });
  holder.close();
  await once(holder, 'close');
  expect(await choose(0, taken)).toEqual({
    port: moved,
    note: `port ${taken} was taken at the start: using ${moved}`,
  });
});
