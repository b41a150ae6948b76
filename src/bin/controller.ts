import { flushCompileCache } from 'node:module';
import { pathsFrom } from '../controller/paths.ts';
import { startController } from '../controller/start.ts';
import { catalogue } from './catalogue.ts';

/** The background process behind the CLI. Ends with 0 when told to, with 1 and one line when it cannot start. */
async function main(): Promise<void> {
  const { env } = process;
  try {
    const controller = await startController({ paths: pathsFrom(env), catalogue, env });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void controller.close());
    // The terminal that started it may go.
    process.on('SIGHUP', () => {});
    // Node writes what it has compiled at its exit; a controller lives long and may be killed.
    flushCompileCache();
    await controller.ended;
    process.exit(0);
  } catch (error) {
    process.stderr.write(`ERROR ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

await main();
