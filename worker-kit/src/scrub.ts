/**
 * The same JSON-like value without the given texts, wherever in a text they stand. Longer texts have to come first, so
 * that one that holds another goes as a whole.
 */
export function scrub<T>(value: T, texts: readonly string[], replacement: string): T {
  if (texts.length === 0) return value;
  return walk(
    value,
    (text) => texts.reduce((left, secret) => left.replaceAll(secret, replacement), text),
    new WeakMap(),
  ) as T;
}

function walk(value: unknown, clean: (text: string) => string, seen: WeakMap<object, unknown>): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    seen.set(value, copy);
    for (const item of value) copy.push(walk(item, clean, seen));
    return copy;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = {};
  seen.set(value, copy);
  for (const [key, item] of Object.entries(value)) copy[clean(key)] = walk(item, clean, seen);
  return copy;
}

/** Every text and number in the arguments of an activity or a workflow that is long enough to be recognised. */
export function textsIn(args: unknown): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown, depth: number): void => {
    if (depth > 20) return;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') found.add(String(value));
    else if (typeof value === 'object' && value !== null)
      for (const item of Object.values(value)) visit(item, depth + 1);
  };
  visit(args, 0);
  return [...found].filter((text) => text.length >= 3).sort((a, b) => b.length - a.length);
}
