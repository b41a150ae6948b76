#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import { collectAtRest } from '../resident/collect-at-rest.ts';
import { AlreadyServed, startDaemon } from '../supervisor/daemon.ts';
import { alreadyServedExitCode } from '../supervisor/exit-codes.ts';
import type { SupervisorSpec } from '../supervisor/spec.ts';

/** The process behind one container of one unit. Ends with 0 when told to, else with the reason as a line of its log. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { spec: { type: 'string' } } });
  const log = (message: string): void => void process.stderr.write(`${new Date().toISOString()} ${message}\n`);
  try {
    if (values.spec === undefined) throw new Error('cannot start a supervisor: no --spec FILE');
    const daemon = await startDaemon(JSON.parse(readFileSync(values.spec, 'utf8')) as SupervisorSpec, log);
    const end = async (code: number): Promise<void> => {
      await daemon.stop();
      process.exit(code);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(0));
    void daemon.ended.then(end);
    // Whoever started us waits for this and then goes its own way.
    process.on('disconnect', () => undefined);
    process.send?.('ready');
    process.channel?.unref();
    // Node writes what it has compiled at its exit; a supervisor lives long, and the next unit's is to start with it.
    flushCompileCache();
    collectAtRest();
  } catch (error) {
    log((error as Error).message);
    process.exitCode = error instanceof AlreadyServed ? alreadyServedExitCode : 1;
  }
}

// Not where bin/compile-resident.ts loads it.
if (import.meta.main) await main();
