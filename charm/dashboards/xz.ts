/**
 * Text as an xz file in base64, the form in which interface `grafana_dashboard` carries dashboards. The text lies in it
 * as it is, in LZMA2's chunks for what is not compressed, so that no encoder is needed; every reader of xz takes it.
 * Layout: https://tukaani.org/xz/xz-file-format.txt
 */
export function xzBase64(text: string): string {
  return btoa(binary(xz(new TextEncoder().encode(text))));
}

const magic = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const footerMagic = [0x59, 0x5a];
/** Checked by CRC32. */
const streamFlags = [0x00, 0x01];
/** Filter LZMA2 with one byte of properties: a dictionary of 64 KiB, which nothing refers to. */
const filter = [0x21, 0x01, 0x08];
const chunkBytes = 65_536;

function xz(data: Uint8Array): Uint8Array {
  const header = withCrc(padded([0x02, 0x00, ...filter], 4, (size) => size / 4));
  const body = chunks(data);
  const padding = new Uint8Array(-(header.length + body.length) & 3);
  const unpadded = header.length + body.length + 4;
  const index = withCrc(padded([0x00, 0x01, ...varint(unpadded), ...varint(data.length)], 4));
  const tail = [...word(index.length / 4 - 1), ...streamFlags];
  return joined([
    magic,
    withCrc(streamFlags),
    header,
    body,
    padding,
    word(crc32(data)),
    index,
    word(crc32(tail)),
    tail,
    footerMagic,
  ]);
}

/** The first chunk resets the dictionary; a zero ends the list. */
function chunks(data: Uint8Array): Uint8Array {
  const parts: ArrayLike<number>[] = [];
  for (let at = 0; at < data.length; at += chunkBytes) {
    const part = data.subarray(at, at + chunkBytes);
    const size = part.length - 1;
    parts.push([at === 0 ? 0x01 : 0x02, size >> 8, size & 0xff], part);
  }
  return joined([...parts, [0x00]]);
}

/** Filled with zeros so that, with a checksum behind it, it ends at a multiple. `first` makes its first byte of the size so far. */
function padded(bytes: readonly number[], multiple: number, first?: (size: number) => number): number[] {
  const filled = [...bytes, ...Array<number>(-bytes.length & (multiple - 1)).fill(0)];
  return first === undefined ? filled : [first(filled.length), ...filled.slice(1)];
}

function withCrc(bytes: readonly number[]): number[] {
  return [...bytes, ...word(crc32(bytes))];
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** Four bytes, the lowest first. */
function word(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
}

/** The checksum of IEEE 802.3. */
function crc32(bytes: ArrayLike<number>): number {
  const table = crcTable();
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) {
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] as number)) & 0xff] as number);
  }
  return ~crc >>> 0;
}

function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
    return value;
  });
}

function joined(parts: readonly ArrayLike<number>[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** One character for each byte, as `btoa` takes it. */
function binary(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
