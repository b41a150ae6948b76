import { PebbleClient } from '../../pebble/client.ts';
import { containerPlaces, unitPlaces } from '../places.ts';
import { readCharm } from '../store/charms.ts';
import type { LabelledUnit } from './labels.ts';
import type { Measures } from './measures.ts';

/** How long a container may take to tell; a scrape has ten seconds as a rule. */
const timeoutMs = 2000;

const kinds = {
  pebble_service_active: 'charmlet_service_active',
  pebble_service_start_count: 'charmlet_service_starts_total',
  pebble_check_up: 'charmlet_check_up',
} as const;

const line = /^(pebble_service_active|pebble_service_start_count|pebble_check_up)\{\w+="((?:[^"\\]|\\.)*)"\} (\d+)$/gm;

/** Asks the daemon of every container of these units, all at the same time, and notes what they say. */
export async function readContainers(measures: Measures, units: readonly LabelledUnit[]): Promise<void> {
  const containers = units.flatMap((each) =>
    Object.keys(readCharm(each.context.model, each.unit.charm).spec.containers).map((container) => ({
      each,
      container,
    })),
  );
  const answers = await Promise.all(
    containers.map(async ({ each, container }) => ({
      labels: { ...each.labels, container },
      text: await ask(each, container),
    })),
  );
  measures.replace(
    'charmlet_supervisor_up',
    answers.map(({ labels, text }) => ({ labels, value: text === null ? 0 : 1 })),
  );
  const told = answers.flatMap(({ labels, text }) =>
    [...(text ?? '').matchAll(line)].map(([, kind, name = '', value]) => ({
      metric: kinds[kind as keyof typeof kinds],
      labels,
      name: name.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
      value: Number(value),
    })),
  );
  const of = (metric: string) => told.filter((each) => each.metric === metric);
  for (const metric of ['charmlet_service_active', 'charmlet_service_starts_total'] as const)
    measures.replace(
      metric,
      of(metric).map(({ labels, name, value }) => ({ labels: { ...labels, service: name }, value })),
    );
  measures.replace(
    'charmlet_check_up',
    of('charmlet_check_up').map(({ labels, name, value }) => ({ labels: { ...labels, check: name }, value })),
  );
}

/** Null when nobody answers. */
async function ask({ context, unit }: LabelledUnit, container: string): Promise<string | null> {
  const { contact, paths, model } = context;
  if (contact.answersSince(unit.id, container) === null) return null;
  const { socket } = containerPlaces(unitPlaces(paths, model, unit.name), container);
  return await new PebbleClient({ socket, timeoutMs }).metrics().catch(() => null);
}
