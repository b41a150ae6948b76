import { Document, isScalar, parse, Scalar, visit } from 'yaml';
import { type FieldKind, type SectionName, sections } from './fields.ts';
import { defaultThreshold, type Plan } from './types.ts';

/** The combined plan as Pebble prints it: four spaces, fields in Pebble's order, only what was set. `{}` when empty. */
export function renderPlan(plan: Plan): string {
  const ordered: Record<string, unknown> = {};
  for (const section of Object.keys(sections) as SectionName[]) {
    const entries = Object.entries(plan[section]).sort(([a], [b]) => naturalOrder(a, b));
    if (entries.length === 0) continue;
    const fields = sections[section].fields;
    const shown = (entry: object): object => (section === 'checks' ? { threshold: defaultThreshold, ...entry } : entry);
    ordered[section] = Object.fromEntries(entries.map(([name, entry]) => [name, inOrder(fields, shown(entry))]));
  }
  const document = new Document(ordered, { version: '1.1' });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && !staysText(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({
    indent: 4,
    lineWidth: 0,
    singleQuote: true,
    defaultStringType: Scalar.PLAIN,
    defaultKeyType: Scalar.PLAIN,
  });
}

/** Would a plain scalar with this text be read as a string again? If not, go-yaml writes it in double quotes. */
function staysText(text: string): boolean {
  if (text === '') return false;
  try {
    // A warning would show the text, which may be a secret.
    const read: unknown = parse(text, { version: '1.1', logLevel: 'error' });
    return typeof read === 'string' || isScalar(read) || (typeof read === 'object' && read !== null);
  } catch {
    return true;
  }
}

function inOrder(fields: Readonly<Record<string, FieldKind>>, entry: object): object {
  const ordered: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(fields)) {
    const value = (entry as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (kind === 'text-map') {
      const pairs = Object.entries(value as object).sort(([a], [b]) => naturalOrder(a, b));
      ordered[name] = Object.fromEntries(pairs);
    } else ordered[name] = typeof kind === 'object' ? inOrder(kind.fields, value as object) : value;
  }
  return ordered;
}

/** The order of map keys in go-yaml v3: digits by their number, letters after other characters. */
function naturalOrder(a: string, b: string): number {
  const isLetter = (char: string): boolean => /\p{L}/u.test(char);
  const isDigit = (char: string): boolean => /\d/.test(char);
  let digits = false;
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    const [x, y] = [a[at] as string, b[at] as string];
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    if (isLetter(x) && isLetter(y)) return x < y ? -1 : 1;
    if (isLetter(x) || isLetter(y)) return digits ? (isLetter(x) ? 1 : -1) * -1 : isLetter(x) ? 1 : -1;
    if (isDigit(x) && isDigit(y)) {
      const [m, n] = [/^\d+/.exec(a.slice(at))?.[0] ?? '', /^\d+/.exec(b.slice(at))?.[0] ?? ''];
      if (Number(m) !== Number(n)) return Number(m) - Number(n);
      if (m.length !== n.length) return m.length - n.length;
    }
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
