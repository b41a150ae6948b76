/** An object whose keys keep their order, like a Go struct; a plain object is printed with its keys sorted, like a Go map. */
export class Ordered {
  readonly fields: readonly (readonly [key: string, value: unknown, only?: 'json' | 'yaml'])[];

  constructor(fields: readonly (readonly [key: string, value: unknown, only?: 'json' | 'yaml'])[]) {
    this.fields = fields;
  }
}

/** Go's empty map or list that was never made: `null` in JSON, empty in YAML. */
export class Nil {
  readonly empty: 'map' | 'list';

  constructor(empty: 'map' | 'list') {
    this.empty = empty;
  }
}

/** By code point, as Go compares bytes of UTF-8. */
export function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
