import { Document, isMap, isScalar, isSeq, parse, Scalar, type ScalarTag, stringify, type Tags, visit } from 'yaml';

/**
 * YAML as Go's yaml.v2 writes it: lists not indented, `"2"` for text that looks like a number, `|` for several lines, a
 * `Date` as RFC 3339 in UTC without quotes.
 */
export function goYaml(value: unknown): string {
  const document = new Document(value ?? null, {
    version: '1.1',
    aliasDuplicateObjects: false,
    customTags: (tags) => tags.map((tag) => (isTimestamp(tag) ? { ...tag, stringify: goTime } : tag)),
  });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string') node.type = scalarType(node.value);
    },
  });
  const root = document.contents;
  if ((isMap(root) || isSeq(root)) && root.items.length === 0) return isMap(root) ? '{}\n' : '[]\n';
  if (isScalar(root) && root.value === '') return '""\n';
  return document.toString({
    indentSeq: false,
    lineWidth: 0,
    singleQuote: true,
    nullStr: 'null',
    flowCollectionPadding: false,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
}

function isTimestamp(tag: Tags[number]): tag is ScalarTag {
  return typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:timestamp';
}

function goTime({ value }: { readonly value?: unknown }): string {
  return (value as Date).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** yaml.v2's choice: `|` for several lines, `"` for what would read as something else, `'` for what would not parse. */
function scalarType(text: string): Scalar.Type {
  const printable = !/[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/.test(text);
  if (text.includes('\n') && printable) return Scalar.BLOCK_LITERAL;
  if (text === '' || !printable || /[\t\n]/.test(text)) return Scalar.QUOTE_DOUBLE;
  const plain = stringify(text, { version: '1.1', lineWidth: 0 }).slice(0, -1) === text;
  if (plain) return Scalar.PLAIN;
  return readsAsScalar(text) ? Scalar.QUOTE_DOUBLE : Scalar.QUOTE_SINGLE;
}

/** Would an unquoted reader take the text for a number, a truth value, a date or nothing? */
function readsAsScalar(text: string): boolean {
  try {
    const value: unknown = parse(text, { version: '1.1', logLevel: 'error' });
    return value === null || value instanceof Date || (typeof value !== 'string' && typeof value !== 'object');
  } catch {
    return false;
  }
}
