/** One line of JSON as Go writes it: `<`, `>` and `&` escaped, a newline at the end. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return `${text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
