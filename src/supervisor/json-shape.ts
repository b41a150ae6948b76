import { jsonProblem } from './json-problem.ts';

/** What a body may hold. Structures have the names of Pebble's, for they are in its messages. */
export type Shape = Scalar | 'any' | ListShape | MapShape | StructShape;

/** The third is a string as well; Go shows that it has a name. */
type Scalar = 'bool' | 'string' | 'identities.Access' | 'int' | 'uint32';

interface ListShape {
  readonly list: Shape;
}

interface MapShape {
  readonly map: Shape;
  /** Values may be null, and that means something. */
  readonly nullable?: true;
}

export interface StructShape {
  /** Empty where Pebble gives it no name. */
  readonly struct: string;
  readonly fields: Readonly<Record<string, Shape>>;
}

/** What comes of a body of that shape. A field that is absent or null is left out. */
export type Decoded<S> = S extends 'string' | 'identities.Access'
  ? string
  : S extends 'bool'
    ? boolean
    : S extends 'int' | 'uint32'
      ? number
      : S extends { list: infer Item }
        ? readonly Decoded<Item>[]
        : S extends { map: infer Value; nullable: true }
          ? Readonly<Record<string, Decoded<Value> | null>>
          : S extends { map: infer Value }
            ? Readonly<Record<string, Decoded<Value>>>
            : S extends { fields: infer Fields }
              ? { readonly [Name in keyof Fields]?: Decoded<Fields[Name]> }
              : unknown;

/** The text does not hold what was asked for. The message says why, and quotes nothing of it. */
export class JsonRefused extends Error {}

/**
 * Reads a JSON text into a shape, as Go's encoding/json does, whose messages are kept: null stands for absence, fields
 * of other names are passed over, and the first value of another type than its field's makes the call impossible.
 * What it gives is a `Decoded` of the shape. Throws `JsonRefused`.
 */
export function decodeJson(text: string, shape: Shape): unknown {
  if (text.trim() === '') throw new JsonRefused('EOF');
  return decodeValue(parse(text), shape);
}

/** The same for a value that is parsed already. */
export function decodeValue(value: unknown, shape: Shape, place: Place = { struct: '', path: [] }): unknown {
  if (shape === 'any') return value;
  if (value === null) return zeroOf(shape);
  if (typeof shape === 'string') return fits(value, shape) ? value : refuse(value, shape, place);
  if ('list' in shape) {
    return Array.isArray(value)
      ? value.map((item) => decodeValue(item, shape.list, place))
      : refuse(value, shape, place);
  }
  if (kindOf(value) !== 'object') return refuse(value, shape, place);
  const entries = Object.entries(value as object);
  if ('map' in shape) {
    return Object.fromEntries(
      entries.map(([name, item]) => {
        return [name, item === null && shape.nullable ? null : decodeValue(item, shape.map, place)];
      }),
    );
  }
  return Object.fromEntries(
    entries.flatMap(([name, item]) => {
      const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
      if (field === undefined || item === null) return [];
      return [[name, decodeValue(item, field, { struct: shape.struct, path: [...place.path, name] })]];
    }),
  );
}

/** Where a value is: the structure that has it, and the names of the fields that lead to it. */
interface Place {
  readonly struct: string;
  readonly path: readonly string[];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JsonRefused(jsonProblem(error));
  }
}

function fits(value: unknown, shape: Scalar): boolean {
  if (shape === 'string' || shape === 'identities.Access') return typeof value === 'string';
  if (shape === 'bool') return typeof value === 'boolean';
  if (!Number.isSafeInteger(value)) return false;
  return shape === 'int' || ((value as number) >= 0 && (value as number) < 2 ** 32);
}

function refuse(value: unknown, shape: Shape, { struct, path }: Place): never {
  // Of a number that is none of the wanted kind Go tells which; it cannot be a secret.
  const which = typeof value === 'number' && (shape === 'int' || shape === 'uint32') ? ` ${value}` : '';
  const where = path.length === 0 ? 'value' : `struct field ${struct}.${path.join('.')}`;
  const type = goType(shape);
  throw new JsonRefused(
    `json: cannot unmarshal ${kindOf(value)}${which} into Go ${where}${type === '' ? '' : ` of type ${type}`}`,
  );
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** The name of the type in Go; empty where it is long, being a whole structure without a name. */
function goType(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  if ('list' in shape) return `[]${goType(shape.list)}`;
  if ('map' in shape) return `map[string]${shape.nullable ? '*' : ''}${goType(shape.map)}`;
  return shape.struct === '' ? '' : `daemon.${shape.struct}`;
}

function zeroOf(shape: Shape): unknown {
  if (shape === 'string' || shape === 'identities.Access') return '';
  if (shape === 'bool') return false;
  if (shape === 'int' || shape === 'uint32') return 0;
  return typeof shape === 'object' && 'list' in shape ? [] : {};
}
