import { execFileSync } from 'node:child_process';
import { unitWith } from '../tests/integration/agent/large-environment.ts';
import { type Figure, milliseconds } from './figures.ts';

const rounds = 11;

/** An unchanged dispatch of the packed charm whose option `environment` is small, large, and full of secrets. */
export async function measureEnvironment(): Promise<readonly Figure[]> {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
  const sizes = [
    { variables: 0, secrets: 0 },
    { variables: 1000, secrets: 0 },
    { variables: 10, secrets: 1 },
    { variables: 1000, secrets: 100 },
  ];
  const figures: Figure[] = [];
  for (const size of sizes) {
    const took = await dispatches(size);
    const what = `unchanged dispatch with ${size.variables} variables from ${size.secrets} user secrets`;
    figures.push({ what, figure: milliseconds(took), aim: '' });
  }
  return figures;
}

async function dispatches(size: { readonly variables: number; readonly secrets: number }): Promise<number[]> {
  await using unit = await unitWith(size);
  await unit.untilStatus(/^active/);
  const took: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const begin = performance.now();
    await unit.run({ hook: 'update-status' });
    // The first one warms up.
    if (round > 0) took.push(performance.now() - begin);
  }
  return took;
}
