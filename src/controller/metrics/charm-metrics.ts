import type { Shared } from '../context.ts';
import type { Database } from '../store/database.ts';
import type { LabelledUnit } from './labels.ts';
import { Gauge, Registry } from './prom-client-parts.ts';

/** Key of a unit's state under which its charm tells metrics. */
export const stateKey = 'metrics';

/** More values of one unit than any charm needs; the rest is left out. */
const mostValues = 100;
const longestText = 256;

interface Told {
  readonly name: string;
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * What charms tell of themselves, as Prometheus reads it: the state that their units keep under `metrics`, with the
 * unit's labels. Whatever of it does not fit is left out and counted.
 */
export async function renderCharmMetrics({ db, measures }: Shared, all: readonly LabelledUnit[]): Promise<string> {
  const units = readTold(db, all);
  const told = units.flatMap(({ values }) => values);
  measures.replace(
    'charmlet_refused_charm_metrics',
    units.map(({ labels, refused }) => ({ labels, value: refused })),
  );
  const registry = new Registry();
  const gauges = new Map<string, InstanceType<typeof Gauge>>();
  for (const { name, help } of told) {
    if (gauges.has(name)) continue;
    const same = told.filter((each) => each.name === name);
    const labelNames = [...new Set(same.flatMap(({ labels }) => Object.keys(labels)))];
    gauges.set(name, new Gauge({ name, help, labelNames, registers: [registry] }));
  }
  for (const { name, labels, value } of told) gauges.get(name)?.set(labels, value);
  return await registry.metrics();
}

function readTold(db: Database, units: readonly LabelledUnit[]) {
  const texts = new Map(
    db
      .all<{ unit: number; value: string }>('SELECT unit, value FROM charm_state WHERE key = ?', stateKey)
      .map(({ unit, value }) => [unit, value]),
  );
  return units.flatMap(({ unit, labels }) => {
    const text = texts.get(unit.id);
    if (text === undefined) return [];
    const { values, refused } = parseCharmMetrics(text);
    return [{ labels, refused, values: values.map((each) => ({ ...each, labels: { ...each.labels, ...labels } })) }];
  });
}

/** Reads `{"<metric>": {"help": "…", "values": [{"labels": {…}, "value": 1}]}}`. Never throws; counts what it left out. */
export function parseCharmMetrics(text: string): { readonly values: readonly Told[]; readonly refused: number } {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { values: [], refused: 1 };
  }
  if (!isRecord(read)) return { values: [], refused: 1 };
  const all = Object.entries(read).flatMap(([name, metric]) => {
    const { help, values } = isRecord(metric) ? metric : {};
    if (!isName(name) || !isText(help) || !Array.isArray(values)) return [undefined];
    return values.map((each: unknown) => {
      const { labels = {}, value } = isRecord(each) ? each : {};
      const fits = typeof value === 'number' && Number.isFinite(value) && isRecord(labels) && areLabels(labels);
      return fits ? { name, help: help || name, labels: labels as Record<string, string>, value } : undefined;
    });
  });
  const values = all.filter((each) => each !== undefined).slice(0, mostValues);
  return { values, refused: all.length - values.length };
}

/** A name of its own: what begins like one of ours would be taken for ours. */
function isName(name: string): boolean {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/.test(name) && !/^(charmlet|process|nodejs)_/.test(name);
}

function areLabels(labels: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(labels).every(
    ([name, value]) => /^(?!__|juju_)[a-zA-Z_][a-zA-Z0-9_]{0,63}$/.test(name) && isText(value),
  );
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= longestText;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
