import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';
import {
  applicationVersionSet,
  closePort,
  type HookCommandRunner,
  openedPorts,
  openPort,
  type StatusName,
  statusGet,
  statusSet,
} from '../hookcmds/index.ts';
import type { PebbleClient } from '../pebble/client.ts';
import { commandLine } from './command-line.ts';

export interface UnitStatus {
  readonly name: StatusName;
  readonly message: string;
}

/** A server that runs as a service of the unit's own supervisor and answers over HTTP on 127.0.0.1. */
export interface ServerService {
  /** Name of the service, the layer and the container. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** How long it may take to end in order, as Pebble writes durations. */
  readonly killDelay: string;
  /** Answers 200 when it serves. A check asks it, so that death and return become events. */
  readonly readyUrl: string;
  readonly version: string;
}

/**
 * Starts the server, or restarts it with other arguments; writes nothing when it runs as it should. `problem` is why it
 * would not start, `started` whether it was begun here, and so has read its files anew.
 */
export async function ensureRunning(
  tools: HookCommandRunner,
  pebble: PebbleClient,
  server: ServerService,
): Promise<{ readonly started: boolean; readonly problem?: string }> {
  const command = commandLine(server.argv);
  const running = await runningService(pebble, server.name);
  const sameEnvironment = isDeepStrictEqual(running?.environment ?? {}, server.environment);
  if (running?.command === command && sameEnvironment) return { started: false };
  await showStatus(tools, startingStatus(server.name));
  await applicationVersionSet(tools, server.version);
  await pebble.addLayer(server.name, layer(server, command), { combine: true });
  const change = await pebble.waitChange(await pebble.replan(), { timeoutMs: 30_000 });
  if (!change.err) return { started: true };
  return { started: true, problem: `cannot start ${server.name}: ${await lastWords(pebble, server.name)}` };
}

export const startingStatus = (name: string): UnitStatus => ({ name: 'maintenance', message: `starting ${name}` });

/** What to show of a server that does not serve yet: one that dies again and again is not starting. Pebble goes on trying. */
export async function notServing(pebble: PebbleClient, name: string): Promise<UnitStatus> {
  const [info] = await pebble.services([name]);
  if (info?.current === 'active') return startingStatus(name);
  return { name: 'blocked', message: `cannot start ${name}: ${await lastWords(pebble, name)}` };
}

/** Does the address answer with 200? Never rejects. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Waits until the server answers, asking 10 times a second, for there is no event for it; whether it did in time. */
export async function waitUntilServing(url: string, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await answers(url)) return true;
    if (Date.now() >= deadline) return false;
    await sleep(100);
  }
}

/** Opens these ports of the unit (`9090/tcp`) and closes all others; writes nothing when they are as they should be. */
export async function tellPorts(tools: HookCommandRunner, ports: readonly number[]): Promise<void> {
  const wanted = ports.map((port) => `${port}/tcp`);
  const open = await openedPorts(tools);
  for (const other of open) if (!wanted.includes(other)) await closePort(tools, other);
  for (const port of wanted) if (!open.includes(port)) await openPort(tools, port);
}

export async function showStatus(tools: HookCommandRunner, status: UnitStatus): Promise<void> {
  const now = await statusGet(tools);
  if (now.status !== status.name || now.message !== status.message) await statusSet(tools, status);
}

function layer(server: ServerService, command: string): string {
  return stringify({
    summary: `${server.name} server`,
    services: {
      [server.name]: {
        override: 'replace',
        summary: `${server.name} server`,
        command,
        startup: 'enabled',
        'kill-delay': server.killDelay,
        environment: server.environment,
      },
    },
    checks: {
      [`${server.name}-up`]: {
        override: 'replace',
        http: { url: server.readyUrl },
        period: '2s',
        timeout: '1s',
        threshold: 1,
      },
    },
  });
}

interface PlannedService {
  readonly command?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The plan's service while it is up or coming back; undefined otherwise. */
async function runningService(pebble: PebbleClient, name: string): Promise<PlannedService | undefined> {
  const [plan, services] = await Promise.all([pebble.plan(), pebble.services([name])]);
  const { services: planned } = (parse(plan) ?? {}) as { services?: Record<string, PlannedService> };
  const up = services.some((info) => info.current === 'active' || info.current === 'backoff');
  return up ? planned?.[name] : undefined;
}

/** What the server complained about last says more than Pebble's exit code. */
async function lastWords(pebble: PebbleClient, name: string): Promise<string> {
  const lines = await pebble.logs({ services: [name], n: 20 }).catch(() => []);
  const complaint = lines
    .map((entry) => entry.message.trim())
    .findLast((line) => /level=(error|crit)|error|cannot|failed|unable|panic/i.test(line));
  return complaint ? complaintIn(complaint) : 'it ended at once and printed no reason';
}

/** A line of a Go server without its log prefix: the value of `err`, else of `msg`, else the line. */
export function complaintIn(line: string): string {
  const [message, cause] = ['msg', 'err'].map((key) => {
    const value = new RegExp(`\\b${key}=("(?:[^"\\\\]|\\\\.)*"|\\S+)`).exec(line)?.[1];
    return value?.startsWith('"') ? readQuoted(value) : value;
  });
  return [message, cause].filter(Boolean).join(': ') || line;
}

function readQuoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
