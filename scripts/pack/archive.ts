import { createHash } from 'node:crypto';
import { createWriteStream, readdirSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Zip knows no earlier time. Every file has it, so that equal contents make equal archives. */
const epoch = new Date(1980, 0, 1);

/** Writes the directory as a zip with the mode bits that Juju needs: two runs over equal files give equal bytes. */
export async function writeArchive(directory: string, file: string): Promise<{ megabytes: number; sha256: string }> {
  const zip = new ZipFile();
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) {
    const executable = (statSync(path).mode & 0o100) !== 0;
    const options = {
      mtime: epoch,
      forceDosTimestamp: true,
      mode: executable ? 0o100755 : 0o100644,
      compressionLevel: 9,
    };
    zip.addFile(path, relative(directory, path), options);
  }
  zip.end();
  const hash = createHash('sha256');
  const output = createWriteStream(`${file}.tmp`);
  let size = 0;
  const measure = async function* (chunks: NodeJS.ReadableStream) {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  await pipeline(zip.outputStream, measure, output);
  await rename(`${file}.tmp`, file);
  return { megabytes: Math.round(size / 1e6), sha256: hash.digest('hex') };
}
