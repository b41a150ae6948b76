import { randomBytes } from 'node:crypto';

/** One part of a `multipart/form-data` body, as Pebble's files API uses them. */
export interface Part {
  readonly name: string;
  /** The full path for a file part; absent for the JSON parts `request` and `response`. */
  readonly filename?: string;
  readonly contentType?: string;
  readonly content: Buffer;
}

/** Makes a body and the header that announces it. The boundary has 40 characters; Pebble refuses fewer than 32. */
export function renderMultipart(parts: readonly Part[]): { contentType: string; body: Buffer } {
  const { contentType, head, partEnd, end } = multipartFrame();
  const pieces = parts.flatMap((part) => [Buffer.from(head(part)), part.content, Buffer.from(partEnd)]);
  return { contentType, body: Buffer.concat([...pieces, Buffer.from(end)]) };
}

/** What stands around the contents of the parts of one body, for whoever sends them one after the other. */
export interface MultipartFrame {
  readonly contentType: string;
  head(part: Omit<Part, 'content'>): string;
  readonly partEnd: string;
  readonly end: string;
}

export function multipartFrame(): MultipartFrame {
  const boundary = randomBytes(20).toString('hex');
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    head({ name, filename, contentType }) {
      const shown = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
      const type = contentType ?? (filename === undefined ? 'application/json' : 'application/octet-stream');
      return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${shown}\r\nContent-Type: ${type}\r\n\r\n`;
    },
    partEnd: '\r\n',
    end: `--${boundary}--\r\n`,
  };
}

/** The boundary that a Content-Type header names; null when it is no multipart/form-data or names none. */
export function multipartBoundary(contentType: string | undefined): string | null {
  const match = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '');
  return match?.[1] ?? match?.[2] ?? null;
}

/** Takes a body apart. Throws an `Error` whose text says what is wrong with it. */
export function parseMultipart(body: Buffer, boundary: string): Part[] {
  const parts: Part[] = [];
  const delimiter = Buffer.from(`--${boundary}`);
  let at = body.indexOf(delimiter);
  if (at !== 0 && (at < 0 || body.subarray(at - 2, at).toString() !== '\r\n')) throw new Error('no boundary found');
  const between = Buffer.from(`\r\n--${boundary}`);
  at += delimiter.length;
  while (body.subarray(at, at + 2).toString() !== '--') {
    if (body.subarray(at, at + 2).toString() !== '\r\n') throw new Error('unexpected text after a boundary');
    const head = at + 2;
    const headEnd = body.indexOf('\r\n\r\n', head);
    if (headEnd < 0) throw new Error('part without an end of its header');
    const end = body.indexOf(between, headEnd + 2);
    if (end < 0) throw new Error('unexpected EOF');
    parts.push(parsePart(body.subarray(head, headEnd).toString('utf8'), body.subarray(headEnd + 4, end)));
    at = end + between.length;
  }
  return parts;
}

function parsePart(head: string, content: Buffer): Part {
  const headers = new Map(
    head.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const disposition = headers.get('content-disposition') ?? '';
  const field = (key: string): string | undefined =>
    new RegExp(`;\\s*${key}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(disposition)?.[1]?.replace(/\\(.)/g, '$1');
  const filename = field('filename');
  const contentType = headers.get('content-type');
  return {
    name: field('name') ?? '',
    ...(filename === undefined ? {} : { filename }),
    ...(contentType === undefined ? {} : { contentType }),
    content,
  };
}

/** As Go does it: a line break would end the header. */
function quoted(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
