import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { type DownloadOptions, pauseMs, progressLines, type SummedArchive } from './transfer.ts';

/** Takes the program out of a zip file: its table of contents is at its end, so it is kept whole for a while. */
export async function unpackZip(
  response: IncomingMessage,
  archive: SummedArchive,
  options: DownloadOptions,
): Promise<void> {
  const whole = `${options.target}.zip`;
  const hash = createHash('sha256');
  const progress = progressLines(Number(response.headers['content-length']) || undefined, options);
  response.setTimeout(pauseMs, () => response.destroy(new Error(`no data for ${pauseMs / 1000} s`)));
  response.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    progress(chunk.length);
  });
  try {
    await pipeline(response, createWriteStream(whole, { mode: 0o600 }));
    const sum = hash.digest('hex');
    if (sum !== archive.sha256) throw new Error(`its SHA-256 is ${sum}, not ${archive.sha256}: refused`);
    await extractMember(whole, archive.member, options.target);
  } finally {
    await rm(whole, { force: true });
  }
}

async function extractMember(file: string, member: string, target: string): Promise<void> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== member) continue;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode: 0o755 }));
      return;
    }
    throw new Error(`the archive holds no "${member}"`);
  } finally {
    zip.close();
  }
}
