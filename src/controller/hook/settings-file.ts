import { CommandError } from './command-error.ts';

/**
 * Reads the YAML or JSON map of a `--file`. Every value ends as the text that stands there, as in Go's YAML library
 * when it reads into strings: `1.10` stays `1.10`, `true` stays `true`, a null is empty.
 */
export async function parseSettings(text: string): Promise<Record<string, string>> {
  const { parseDocument, isMap, isScalar } = await import('yaml');
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  const broken = document.errors[0];
  if (broken) {
    throw new CommandError(`yaml: line ${broken.linePos?.[0].line ?? 1}: ${broken.message.split('\n')[0]}`);
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && isNull(contents))) {
    return {};
  }
  if (!isMap(contents)) {
    throw new CommandError(
      `yaml: unmarshal errors:\n  line 1: cannot unmarshal ${kindOf(contents)} into map[string]string`,
    );
  }
  const settings = new Map<string, string>();
  for (const { key, value } of contents.items) {
    if (!isScalar(key) || (value !== null && !isScalar(value))) {
      throw new CommandError(`yaml: unmarshal errors:\n  cannot unmarshal ${kindOf(value)} into string`);
    }
    settings.set(String(key.value), value === null || isNull(value) ? '' : String(value.value));
  }
  return Object.fromEntries(settings);

  function kindOf(node: unknown): string {
    return isScalar(node) ? '!!str' : isMap(node) ? '!!map' : '!!seq';
  }
}

/** A plain scalar that YAML reads as null; the failsafe schema keeps it as text. */
function isNull(node: { readonly value?: unknown; readonly type?: unknown }): boolean {
  return node.type === 'PLAIN' && ['', '~', 'null', 'Null', 'NULL'].includes(String(node.value ?? ''));
}
