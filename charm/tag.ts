/**
 * A short text that differs for different values: two 32-bit multiplicative hashes of the value's JSON. For telling
 * "as before" from "changed" only; it keeps no secret and resists nobody. Key order counts.
 */
export function tag(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  let a = 0x811c9dc5;
  let b = 0x9e3779b9 ^ text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul((b << 5) ^ (b >>> 27) ^ unit, 0x85ebca6b);
  }
  return hex(a ^ (b >>> 15)) + hex(b ^ (a >>> 13));
}

function hex(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0');
}
