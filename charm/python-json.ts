/** Data that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Whole numbers, texts, lists and maps as Python's `json.dumps` writes them: a blank behind commas and colons, ASCII alone. */
export function pythonJson(value: Json): string {
  if (typeof value === 'string') return asciiJson(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(pythonJson).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, each]) => `${asciiJson(key)}: ${pythonJson(each)}`)
    .join(', ')}}`;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

/** A text in double quotes, with everything beyond ASCII escaped. */
export function asciiJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
