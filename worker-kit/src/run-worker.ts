import { KitWorker, type KitWorkerOptions } from './kit-worker.ts';

/**
 * A whole worker program: runs until SIGTERM or SIGINT, drains, and ends the process: with exit code 0, or with 1 and
 * one line that says what was wrong. A program that wants to do more uses `KitWorker`.
 */
export async function runWorker(options: KitWorkerOptions): Promise<never> {
  try {
    const worker = await KitWorker.create(options);
    await worker.run();
    process.exit(0);
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    console.error(`error: ${sentence.replace(/\s*\n\s*/g, ' ')}`);
    process.exit(1);
  }
}
