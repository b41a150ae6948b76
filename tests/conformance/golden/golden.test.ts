import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compare } from './compare.ts';
import { replay } from './replay.ts';
import { appliesTo, type Exception, readExceptions, readVectors } from './vector.ts';

const exceptions = readExceptions();
const used = new Set<Exception>();
const vectors = readVectors();
let replayed = 0;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
});

test.concurrent.each(vectors.map((vector) => [vector.name, vector] as const))(
  'does as charm 1.0 did: %s',
  async (name, vector) => {
    const differences = compare(vector, await replay(vector));
    replayed++;
    const unexplained = differences.filter(({ aspect, what }) => {
      const fitting = exceptions.filter(
        (one) => appliesTo(one, name) && one.aspects.includes(aspect) && what.endsWith(one.about ?? ''),
      );
      for (const one of fitting) used.add(one);
      return fitting.length === 0;
    });
    expect(unexplained).toEqual([]);
  },
);

afterAll(() => {
  if (replayed < vectors.length) return;
  const unused = exceptions.filter((one) => !used.has(one)).map(({ vectors: names }) => names.join(', '));
  expect(unused, 'exceptions in tests/golden/exceptions.yaml that nothing needs').toEqual([]);
});
