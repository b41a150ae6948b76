/** Longer values than any charm writes are not read: parsing them would hold up the controller. */
const longest = 4 * 1024 * 1024;

/** What a value of a databag holds, or what is wrong with it. An absent value reads as undefined. */
export function parseDatabagJson(text: string | undefined): { readonly value?: unknown; readonly problem?: string } {
  if (text === undefined || text.trim() === '') return {};
  if (text.length > longest) return { problem: `too long (${text.length} characters, at most ${longest})` };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: 'no JSON' };
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
