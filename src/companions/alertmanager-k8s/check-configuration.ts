import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keepFiles } from '../keep-files.ts';
import { configurationFile } from './configuration.ts';

/** Has amtool look at the files before the server gets them; what it complains of, or undefined. */
export async function checkConfiguration(
  amtool: string,
  dataDir: string,
  files: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const scratch = await mkdtemp(join(dataDir, '.check-'));
  try {
    const moved = Object.entries(files).map(([path, text]) => [path, text.replaceAll(`${dataDir}/`, `${scratch}/`)]);
    await keepFiles(scratch, Object.fromEntries(moved));
    return await runAmtool(amtool, join(scratch, configurationFile));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** `amtool check-config`; undefined when it is content, else its complaint. */
export function runAmtool(amtool: string, file: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(amtool, ['check-config', file], { timeout: 30_000 }, (error, stdout, stderr) => {
      if (!error) return resolve(undefined);
      const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
      const complaint = lines.find((line) => line.includes('FAILED')) ?? lines.find((line) => line !== '') ?? '';
      resolve(complaint.replace(/^.*FAILED:\s*/, '').slice(0, 500) || error.message.split('\n')[0]!);
    });
  });
}
