import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { withBuildLock } from '../../../src/companions/build-lock.ts';

const module = resolve('src/companions/build-lock.ts');

test('lets one work at a time, and tells the others that they wait', async () => {
  const directory = `/cache/${process.pid}/one-at-a-time`;
  const order: string[] = [];
  let waits = 0;
  const work = (name: string) =>
    withBuildLock(directory, { waiting: () => waits++ }, async () => {
      order.push(`${name} begins`);
      await new Promise((next) => setImmediate(next));
      order.push(`${name} ends`);
      return name;
    });
  expect(await Promise.all([work('a'), work('b'), work('c')])).toEqual(['a', 'b', 'c']);
  for (let i = 0; i < order.length; i += 2) expect(order[i + 1]).toBe(order[i]!.replace('begins', 'ends'));
  expect(waits).toBe(2);
});

test('gives the lock back when the work fails', async () => {
  const directory = `/cache/${process.pid}/failing`;
  const failing = withBuildLock(directory, {}, async () => Promise.reject(new Error('no luck')));
  await expect(failing).rejects.toThrow('no luck');
  expect(await withBuildLock(directory, {}, async () => 'next')).toBe('next');
});

test('is free again the moment that its holder is killed', async () => {
  const directory = `/cache/${process.pid}/killed`;
  const program = `
    const { withBuildLock } = await import(${JSON.stringify(module)});
    await withBuildLock(${JSON.stringify(directory)}, {}, () => new Promise(() => {
      console.log('holding');
      setInterval(() => {}, 1000);
    }));`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const taken = withBuildLock(directory, { waiting: () => holder.kill('SIGKILL') }, async () => 'mine now');
  expect(await taken).toBe('mine now');
});

test('stops waiting when it is told to', async () => {
  const directory = `/cache/${process.pid}/aborted`;
  const stop = new AbortController();
  await withBuildLock(directory, {}, async () => {
    const second = withBuildLock(directory, { waiting: () => stop.abort(), signal: stop.signal }, async () => 'never');
    await expect(second).rejects.toThrow('aborted');
  });
});
