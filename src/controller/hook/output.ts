import { byKey, Nil, Ordered } from './go-values.ts';

export type Format = 'smart' | 'json' | 'yaml';

/** A value as a hook command prints it, byte for byte as Juju's formatters do. */
export async function formatValue(format: Format, value: unknown): Promise<string> {
  if (format === 'json') {
    return `${goJson(value)}\n`;
  }
  if (value === null || value === undefined) {
    return '';
  }
  if (format === 'smart') {
    if (value instanceof Nil && value.empty === 'list') {
      return '';
    }
    const text = smartText(value);
    if (text !== null) {
      return text === '' ? '' : `${text}\n`;
    }
  }
  const { renderYaml } = await import('./go-yaml.ts');
  return renderYaml(value);
}

/** Compact JSON as Go writes it: sorted keys, `<`, `>`, `&` escaped, no `.0`. */
export function goJson(value: unknown): string {
  if (value === null || value === undefined || value instanceof Nil) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return `[${value.map(goJson).join(',')}]`;
  }
  if (value instanceof Ordered) {
    const fields = value.fields.filter(([, , only]) => only !== 'yaml');
    return `{${fields.map(([key, field]) => `${goJson(key)}:${goJson(field)}`).join(',')}}`;
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(byKey);
    return `{${entries.map(([key, field]) => `${goJson(key)}:${goJson(field)}`).join(',')}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function smartText(value: unknown): string | null {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.join('\n');
  }
  return null;
}
