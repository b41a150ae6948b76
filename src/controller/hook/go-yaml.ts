import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { byKey, Nil, Ordered } from './go-values.ts';

/** A value as Go's YAML library (v2) writes it: sorted keys, lists not indented, one newline at the end. */
export function renderYaml(value: unknown): string {
  // YAML 1.1, because texts such as "yes" and "on" stand in quotes there.
  const document = new Document(null, { version: '1.1' });
  document.contents = nodeOf(value) as never;
  return `${document.toString({ lineWidth: 0, indentSeq: false }).replace(/\n+$/, '')}\n`;
}

// Nodes are made by hand, because the library would sort keys that look like numbers, and write a Map as an ordered map.
function nodeOf(value: unknown): Node {
  if (value instanceof Nil) {
    return value.empty === 'map' ? mapOf([]) : new YAMLSeq();
  }
  if (value instanceof Ordered) {
    return mapOf(value.fields.filter(([, , only]) => only !== 'json').map(([key, field]) => [key, field]));
  }
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    list.items = value.map(nodeOf);
    list.flow = value.length === 0;
    return list;
  }
  if (value !== null && typeof value === 'object') {
    return mapOf(Object.entries(value).sort(byKey));
  }
  return new Scalar(value);
}

function mapOf(entries: readonly (readonly [string, unknown])[]): YAMLMap {
  const map = new YAMLMap();
  map.items = entries.map(([key, value]) => new Pair(new Scalar(key), nodeOf(value)));
  map.flow = entries.length === 0;
  return map;
}
