const blockSize = 512;

/**
 * Reads a tar stream (POSIX ustar) to its end and hands the content of one regular file to `write`. A leading `./` in
 * the archive does not count. Resolves with whether the file was there. Rejects when the stream ends in the middle.
 */
export async function extractMember(
  tar: AsyncIterable<Buffer>,
  member: string,
  write: (chunk: Buffer) => Promise<unknown>,
): Promise<boolean> {
  let found = false;
  let header = Buffer.alloc(0);
  /** Bytes left of the current file, and of the padding behind it. */
  let content = 0;
  let padding = 0;
  let wanted = false;
  for await (let chunk of tar) {
    while (chunk.length > 0) {
      if (content > 0) {
        const part = chunk.subarray(0, content);
        if (wanted) await write(part);
        content -= part.length;
        chunk = chunk.subarray(part.length);
      } else if (padding > 0) {
        const skipped = Math.min(padding, chunk.length);
        padding -= skipped;
        chunk = chunk.subarray(skipped);
      } else {
        const part = chunk.subarray(0, blockSize - header.length);
        header = Buffer.concat([header, part]);
        chunk = chunk.subarray(part.length);
        if (header.length < blockSize) continue;
        const { name, size, regular } = readHeader(header);
        header = Buffer.alloc(0);
        content = size;
        padding = (blockSize - (size % blockSize)) % blockSize;
        wanted = regular && name === member;
        found ||= wanted;
      }
    }
  }
  if (content > 0) throw new Error(`cannot read the archive: it ends ${content} bytes too early`);
  return found;
}

function readHeader(block: Buffer): { name: string; size: number; regular: boolean } {
  const text = (from: number, length: number) => block.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
  const name = `${prefix ? `${prefix}/` : ''}${text(0, 100)}`.replace(/^\.\//, '');
  const size = Number.parseInt(text(124, 12).trim() || '0', 8);
  if (Number.isNaN(size)) throw new Error('cannot read the archive: it is not a tar file');
  return { name, size, regular: ['0', ''].includes(text(156, 1)) };
}
