import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compileResident } from '../../../src/cli/compile-resident.ts';
import { residentNodeOptions } from '../../../src/resident/node-options.ts';
import { command } from '../system/system.ts';

const source = join(import.meta.dirname, '../../../src');
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'charmlet-compile-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** What is in the cache, by name and time of writing. */
function cached(): string[] {
  return readdirSync(cache, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${statSync(join(cache, name)).mtimeMs}`)
    .sort();
}

test('a controller and a supervisor find everything compiled, with the options that they run with', async () => {
  await compileResident(cache, process.env);
  expect(cached().length).toBeGreaterThan(300);
  const load = ['controller', 'supervisor', 'catalogue'].map((name) => `await import('${source}/bin/${name}.ts');`);
  const program = `${load.join(' ')} console.log(process.moduleLoadList.filter((name) => /amaro|undici/.test(name)));`;
  const ran = await command(process.execPath, [...residentNodeOptions, '--input-type=module', '-e', program], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  // Neither the type stripper nor undici: what would make the process large for good.
  expect(ran).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
});

test('it is done once', async () => {
  await compileResident(cache, process.env);
  const before = cached();
  await compileResident(cache, process.env);
  expect(cached()).toEqual(before);
});

test('a cache that cannot be filled is not the end', async () => {
  writeFileSync(join(cache, 'file'), '');
  await expect(compileResident(join(cache, 'file/below'), process.env)).resolves.toBeUndefined();
});
