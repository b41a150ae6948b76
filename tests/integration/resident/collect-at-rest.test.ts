import { join } from 'node:path';
import { expect, test } from 'vitest';
import { residentNodeOptions } from '../../../src/resident/node-options.ts';
import { command } from '../system/system.ts';

const module = join(import.meta.dirname, '../../../src/resident/collect-at-rest.ts');

/** Makes garbage, waits until something has collected it, works, makes garbage again, and waits again. */
const program = `
  import { collectAtRest } from '${module}';
  import { once, EventEmitter } from 'node:events';
  const collected = new EventEmitter();
  const registry = new FinalizationRegistry((what) => collected.emit('gone', what));
  const grown = () => Array.from({ length: 200_000 }, (_, index) => ({ index }));
  const stay = setInterval(() => {}, 60_000);
  collectAtRest(50);
  for (const what of ['start', 'burst']) {
    // Old by now: only a whole collection takes it.
    let kept = grown();
    registry.register(kept, what);
    globalThis.kept = kept;
    for (let round = 0; round < 20; round++) grown();
    kept = globalThis.kept = undefined;
    console.log((await once(collected, 'gone'))[0]);
  }
  clearInterval(stay);
`;

test('what a start and each later burst leave behind is collected', async () => {
  const ran = await command(process.execPath, [...residentNodeOptions, '--input-type=module', '-e', program]);
  expect(ran).toEqual({ code: 0, stdout: 'start\nburst\n', stderr: '' });
});

test('a Node without --expose-gc is left as it is', async () => {
  const ran = await command(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    `import { collectAtRest } from '${module}'; collectAtRest(1);`,
  ]);
  expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
});
