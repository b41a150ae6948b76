import { flushCompileCache } from 'node:module';
import { pathsFrom } from '../controller/paths.ts';
import { startController } from '../controller/start.ts';
import { dsnVariable, reportCrash } from '../crash-report/crash-report.ts';
import { collectAtRest } from '../resident/collect-at-rest.ts';
import { catalogue } from './catalogue.ts';

/** The background process behind the CLI. Ends with 0 when told to, with 1 and one line when it cannot start. */
async function main(): Promise<void> {
  const { env } = process;
  const report = (error: unknown) => reportCrash(error, { part: 'controller', env });
  // Node's own way to end is left as it is where nobody wants to be told.
  if (env[dsnVariable]) process.on('uncaughtException', (error) => void report(error).then(() => end(error)));
  try {
    const controller = await startController({ paths: pathsFrom(env), catalogue, env, report });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void controller.close());
    // The terminal that started it may go.
    process.on('SIGHUP', () => {});
    // Node writes what it has compiled at its exit; a controller lives long and may be killed.
    flushCompileCache();
    collectAtRest();
    await controller.ended;
    process.exit(0);
  } catch (error) {
    process.stderr.write(`ERROR ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

function end(error: Error): void {
  process.stderr.write(`${error.stack ?? error.message}\n`, () => process.exit(1));
}

// Not where bin/compile-resident.ts loads it.
if (import.meta.main) await main();
