import { serviceName } from '../../charm/layer.ts';
import type { LogTargetPlan } from '../../charm/relations/logging.ts';
import { reveal } from '../../charm/secret.ts';
import type { Layer } from '../../charm/types.ts';
import { PebbleApiError, PebbleClient } from '../pebble/client.ts';
import { pebbleTimeoutMs } from './workload-facts.ts';

/** Adds the charm's layer in the place of the one that it added before. Resolves with Pebble's reason when it refuses, else null. */
export function addLayer(socket: string, layer: Layer): Promise<string | null> {
  return refusal(client(socket).addLayer(serviceName, renderLayer(layer), { combine: true }));
}

/** Adds log targets in a layer of their own; they need no replan. Resolves as `addLayer`. */
export function addLogTargets(
  socket: string,
  targets: Readonly<Record<string, LogTargetPlan>>,
): Promise<string | null> {
  const layer = escaped(JSON.stringify({ 'log-targets': targets }));
  return refusal(client(socket).addLayer(`${serviceName}-log-forwarding`, layer, { combine: true }));
}

/** Asks for a replan and does not wait for it. Resolves as `addLayer`. */
export function replan(socket: string): Promise<string | null> {
  return refusal(client(socket).replan());
}

/** Asks for a restart of one service and does not wait for it. */
export async function restart(socket: string, service: string): Promise<void> {
  await client(socket).restart([service]);
}

/** Sends a signal to a service's processes. */
export async function sendSignal(
  socket: string,
  { signal, service }: { readonly signal: string; readonly service: string },
): Promise<void> {
  await client(socket).sendSignal(signal, [service]);
}

/** Starts or stops a check of the plan. */
export async function setCheck(socket: string, of: { readonly check: string; readonly run: boolean }): Promise<void> {
  const { check, run } = of;
  await (run ? client(socket).startChecks([check]) : client(socket).stopChecks([check]));
}

export function renderLayer(layer: Layer): string {
  return escaped(JSON.stringify(plain(layer)));
}

/** JSON is YAML, but for characters that YAML readers refuse unless they are escaped. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(
      /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** The layer with its secrets, for Pebble alone. */
function plain(layer: Layer): object {
  const services = Object.entries(layer.services).map(([name, service]) => {
    const environment = Object.entries(service.environment).map(([key, text]) => [key, reveal(text)] as const);
    return [name, { ...service, environment: Object.fromEntries(environment) }] as const;
  });
  return { ...layer, services: Object.fromEntries(services) };
}

function client(socket: string): PebbleClient {
  return new PebbleClient({ socket, timeoutMs: pebbleTimeoutMs });
}

async function refusal(write: Promise<unknown>): Promise<string | null> {
  try {
    await write;
    return null;
  } catch (error) {
    if (error instanceof PebbleApiError) return error.message.replaceAll(/\s+/g, ' ').slice(0, 300);
    throw error;
  }
}
