import { explain } from '../agent/explain-environment.ts';
import { worldFrom } from '../agent/world.ts';
import { processRunner } from '../hookcmds/process-runner.ts';

/**
 * The charm's query `environment`: prints as JSON what the worker is told and why. Secret values stay inside unless
 * `--reveal` is given.
 */
async function main(): Promise<void> {
  process.noDeprecation = true;
  const explanation = await explain(worldFrom(process.env, processRunner()), {
    reveal: process.argv.includes('--reveal'),
  });
  await new Promise<void>((done) => process.stdout.write(`${JSON.stringify(explanation)}\n`, () => done()));
}

main().then(
  () => process.exit(0),
  (error: Error) => process.stderr.write(`${error.stack ?? error.message}\n`, () => process.exit(1)),
);
