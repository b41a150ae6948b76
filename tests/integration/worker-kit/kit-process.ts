import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleWorkflowCode } from '@temporalio/worker';
import { kitBundleOptions } from '../../../worker-kit/src/bundle.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/worker-kit');
export const workflowsPath = join(fixtures, 'workflows.ts');

/** A worker program with the kit, as a process of its own, with nothing in its environment but what is given. */
export interface KitProcess {
  readonly child: ChildProcess;
  /** What it wrote to stderr so far. */
  output(): string;
  /** Resolves when a line has the text; rejects with the output when the process ends before, or after 90 s. */
  line(text: string): Promise<string>;
  /** Ends it by SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Resolves with its exit code when it ends by itself. */
  exited: Promise<number | null>;
}

/** Builds the fixture's workflows into a bundle, as a program does ahead of its start. */
export async function buildBundle(directory: string): Promise<string> {
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
  const { code } = await bundleWorkflowCode({ workflowsPath, ...kitBundleOptions(), logger: quiet });
  const file = join(directory, 'workflow-bundle.js');
  await writeFile(file, code);
  return file;
}

/** Starts a worker of the fixtures; `workflows` is a bundle or a source file. */
export function startKitProcess(
  env: Readonly<Record<string, string>>,
  workflows: string,
  program = 'worker.ts',
): KitProcess {
  const child = spawn(process.execPath, [join(fixtures, program), workflows], {
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const lines: string[] = [];
  const watchers = new Set<(line: string) => void>();
  createInterface({ input: child.stderr! }).on('line', (line) => {
    lines.push(line);
    for (const watch of watchers) watch(line);
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const output = () => lines.join('\n');
  const line = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const found = lines.find((line) => line.includes(text));
      if (found) return resolve(found);
      const give = (error: Error) => {
        watchers.delete(watch);
        clearTimeout(timer);
        reject(error);
      };
      const watch = (line: string) => {
        if (!line.includes(text)) return;
        watchers.delete(watch);
        clearTimeout(timer);
        resolve(line);
      };
      const timer = setTimeout(() => give(new Error(`no line with "${text}" in 90 s:\n${output()}`)), 90_000);
      watchers.add(watch);
      void exited.then((code) => give(new Error(`ended with ${code} before a line with "${text}":\n${output()}`)));
    });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    return await exited;
  };
  return { child, output, line, stop, exited };
}
