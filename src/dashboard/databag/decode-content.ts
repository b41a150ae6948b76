import { promisify } from 'node:util';
import { unzip } from 'node:zlib';

/** No dashboard is larger; what claims to be would only fill the memory. */
const mostBytes = 16 << 20;

const xzMagic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

/**
 * The text of a dashboard as a charm sends it: base64 of an xz file, as today's library writes, or of a zlib stream, as
 * older ones did. Rejects with a clause that says what it is instead.
 */
export async function decodeContent(content: string): Promise<string> {
  const compact = content.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) throw new Error('its content is not base64');
  const bytes = Buffer.from(compact, 'base64');
  const plain = bytes.subarray(0, xzMagic.length).equals(xzMagic) ? await decodeXz(bytes) : await decodeZlib(bytes);
  return new TextDecoder('utf-8', { fatal: true }).decode(plain);
}

async function decodeXz(bytes: Buffer): Promise<Buffer> {
  const { XzReadableStream } = (await import('xz-decompress')).default;
  const stream = new XzReadableStream(new Blob([new Uint8Array(bytes)]).stream());
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > mostBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    // The library tells liblzma's number, and no more.
    throw new Error('its content is a broken xz file', { cause: error });
  }
  if (length > mostBytes) throw tooLarge();
  return Buffer.concat(chunks);
}

async function decodeZlib(bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify<Buffer, { maxOutputLength: number }, Buffer>(unzip)(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Error('its content is neither xz nor zlib', { cause: error });
  }
}

function tooLarge(): Error {
  return new Error(`its content is larger than ${mostBytes >> 20} MiB when unpacked`);
}
