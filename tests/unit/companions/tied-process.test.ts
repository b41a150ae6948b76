import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { runTied } from '../../../src/companions/tied-process.ts';
import { isRunning } from './is-running.ts';

const module = resolve('src/companions/tied-process.ts');

test('hands over the lines of both outputs and the exit code', async () => {
  const lines: string[] = [];
  const script = 'echo out; echo err >&2; exit 3';
  expect(await runTied(['/bin/sh', '-c', script], { env: {}, line: (text) => lines.push(text) })).toEqual({
    exitCode: 3,
  });
  expect(lines.sort()).toEqual(['err', 'out']);
});

test('ends the program and what it started when this process is killed', async () => {
  const program = `
    const { runTied } = await import(${JSON.stringify(module)});
    await runTied(['/bin/sh', '-c', 'sleep 300 & echo $!; echo $$; wait'], { env: process.env, line: console.log });`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pids: number[] = [];
  for await (const line of createInterface({ input: parent.stdout })) if (pids.push(Number(line)) === 2) break;
  expect(pids.every(isRunning)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await expect.poll(() => pids.some(isRunning), { timeout: 25_000, interval: 20 }).toBe(false);
});
