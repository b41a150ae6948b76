/**
 * The little of protobuf that one question to Temporal needs. Temporal's own generated code knows every message there
 * is and takes longer to load than a whole dispatch may last.
 */

/** A field of a message: its number and its raw content. Integers beyond 2^53 are not exact. */
export interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

/** Encodes fields in the order given; a text or message as bytes with their length, an integer as a varint. */
export function encodeFields(fields: readonly (readonly [number, number | string | Buffer])[]): Buffer {
  const pieces = fields.flatMap(([number, value]) => {
    if (typeof value === 'number') return [varint(number * 8), varint(value)];
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    return [varint(number * 8 + 2), varint(bytes.length), bytes];
  });
  return Buffer.concat(pieces);
}

/** Splits a message into its fields. Throws on bytes that are no message. */
export function decodeFields(message: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const [key, afterKey] = readVarint(message, at);
    const [value, end] = readValue(message, { wireType: key % 8, at: afterKey });
    fields.push({ number: Math.floor(key / 8), value });
    at = end;
  }
  return fields;
}

/** The content of every field with that number that is a text or a message. */
export function messages(fields: readonly Field[], number: number): Buffer[] {
  return fields.flatMap((field) => (field.number === number && typeof field.value !== 'number' ? [field.value] : []));
}

/** The last integer with that number; 0 when there is none, as protobuf has it. */
export function integer(fields: readonly Field[], number: number): number {
  const last = fields.findLast((field) => field.number === number);
  return typeof last?.value === 'number' ? last.value : 0;
}

function readValue(
  message: Buffer,
  from: { readonly wireType: number; readonly at: number },
): [number | Buffer, number] {
  const { wireType, at } = from;
  if (wireType === 0) return readVarint(message, at);
  const [length, start] = wireType === 2 ? readVarint(message, at) : [wireType === 1 ? 8 : wireType === 5 ? 4 : -1, at];
  if (length < 0 || start + length > message.length)
    throw new Error('cannot decode a message: it is cut off or not protobuf');
  return [message.subarray(start, start + length), start + length];
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function readVarint(message: Buffer, from: number): [number, number] {
  let value = 0;
  for (let at = from, factor = 1; at < message.length; at++, factor *= 128) {
    const byte = message[at] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return [value, at + 1];
  }
  throw new Error('cannot decode a message: it is cut off or not protobuf');
}
