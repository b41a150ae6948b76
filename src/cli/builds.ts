import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.ts';
import type { Invocation } from './verb.ts';

/** The checkout that this file is part of. */
const root = join(import.meta.dirname, '../..');

/** Packs the charm of this checkout into dist/charm, unless the pack there is fresh. */
export async function buildCharm(call: Invocation): Promise<void> {
  await build(call, 'the charm', join(root, 'dist/charm'), ['scripts/pack.ts', '--unpacked']);
}

/** Builds the sample worker when one of the directories is the one of this checkout. */
export async function buildSample(call: Invocation, directories: readonly string[]): Promise<void> {
  const sample = join(root, 'sample');
  if (
    directories.some(
      (directory) => existsSync(directory) && existsSync(sample) && realpathSync(directory) === realpathSync(sample),
    )
  ) {
    await build(call, 'the sample worker', join(sample, 'dist'), ['sample/build.mjs']);
  }
}

/** Runs a build script; it looks itself whether there is anything to do. Its output is shown when it fails. */
async function build(call: Invocation, what: string, result: string, script: readonly string[]): Promise<void> {
  if (!existsSync(join(root, script[0] ?? ''))) return;
  if (existsSync(result) && !writable(result)) return;
  const child = spawn(process.execPath, script, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: call.env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  const lines = output.trim().split('\n');
  const told = lines.findLast((line) => /error|cannot/i.test(line)) ?? lines.at(-1) ?? '';
  if (call.debug) call.stderr.write(output);
  throw new Failure(
    `cannot build ${what}: ${told.trim() || `node ${script.join(' ')} ended with code ${code}`} (try: node ${script.join(' ')})`,
  );
}

/** A read-only checkout is used as it is. */
function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
