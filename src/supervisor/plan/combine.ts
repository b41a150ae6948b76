import { type FieldKind, type SectionName, sections } from './fields.ts';
import { type Layer, PlanFormatError } from './types.ts';

const entryWords: Readonly<Record<SectionName, string>> = {
  services: 'service',
  checks: 'check',
  'log-targets': 'log target',
};

/**
 * Combines layers from first to last: `override: replace` puts an entry in the place of the former, `merge` merges it
 * field by field (lists are appended, maps merged by key). Label and order are the first layer's, summary and
 * description the last's. Throws `PlanFormatError` for a missing or unknown `override`.
 */
export function combineLayers(layers: readonly Layer[]): Layer {
  const combined: Record<SectionName, Record<string, object>> = { services: {}, checks: {}, 'log-targets': {} };
  for (const layer of layers) {
    for (const section of Object.keys(sections) as SectionName[]) {
      const into = combined[section];
      for (const [name, entry] of Object.entries(layer[section])) {
        const known = into[name];
        const how = howToCombine(layer.label, `${entryWords[section]} "${name}"`, entry.override);
        into[name] = how === 'merge' && known ? mergeEntry(section, known, entry) : entry;
      }
    }
  }
  const last = layers.at(-1);
  return {
    label: layers[0]?.label ?? '',
    order: layers[0]?.order ?? 0,
    ...(last?.summary ? { summary: last.summary } : {}),
    ...(last?.description ? { description: last.description } : {}),
    ...combined,
  } as Layer;
}

function howToCombine(label: string, what: string, override: string | undefined): 'merge' | 'replace' {
  if (override === 'merge' || override === 'replace') return override;
  if (!override) throw new PlanFormatError(`layer "${label}" must define "override" for ${what}`);
  throw new PlanFormatError(`layer "${label}" has invalid "override" value for ${what}`);
}

/** The former entry keeps its own `override`, as in Pebble, and with it what `pebble plan` shows. */
function mergeEntry(section: SectionName, former: object, later: object): object {
  const { override: _, ...fields } = sections[section].fields;
  return mergeFields(fields, former, later);
}

function mergeFields(fields: Readonly<Record<string, FieldKind>>, former: object, later: object): object {
  const merged: Record<string, unknown> = { ...former };
  for (const [name, kind] of Object.entries(fields)) {
    const value = (later as Record<string, unknown>)[name];
    if (value === undefined || (kind === 'int' && value === 0 && !name.endsWith('-id'))) continue;
    const before = merged[name];
    if (before === undefined) merged[name] = value;
    else if (kind === 'texts') merged[name] = [...(before as string[]), ...(value as string[])];
    else if (kind === 'text-map') merged[name] = { ...(before as object), ...(value as object) };
    else if (typeof kind === 'object') merged[name] = mergeFields(kind.fields, before as object, value as object);
    else merged[name] = value;
  }
  return merged;
}
