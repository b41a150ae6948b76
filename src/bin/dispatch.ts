import { dispatch } from '../agent/dispatch.ts';
import { prefetchedRunner } from '../agent/prefetch.ts';
import { worldFrom } from '../agent/world.ts';
import { reportCrash } from '../crash-report/crash-report.ts';
import { processRunner } from '../hookcmds/process-runner.ts';

/** Entry point of the charm: one process per event. With `--prefetched` the first answers of Juju come by file descriptor. */
async function main(): Promise<void> {
  // Juju would log a library's warnings as the charm's.
  process.noDeprecation = true;
  const runner = processRunner();
  await dispatch(worldFrom(process.env, process.argv.includes('--prefetched') ? prefetchedRunner(runner) : runner));
}

main().then(
  () => process.exit(0),
  async (error: Error) => {
    await reportCrash(error, { part: 'agent', env: process.env });
    process.stderr.write(`${error.stack ?? error.message}\n`, () => process.exit(1));
  },
);
