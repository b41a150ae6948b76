import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';
import { applicationVersionSet, type HookCommandRunner } from '../hookcmds/index.ts';
import type { PebbleClient } from '../pebble/client.ts';
import { ask } from '../plain-http/ask.ts';
import { commandLine } from './command-line.ts';
import { showStatus, startingStatus, type UnitStatus } from './unit-status.ts';

/** A server that runs as a service of the unit's own supervisor on 127.0.0.1. */
export interface ServerService {
  /** Name of the service, the layer and the container. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** How long it may take to end in order, as Pebble writes durations. */
  readonly killDelay: string;
  readonly check: ServerCheck;
  readonly version: string;
  /** What has to be there before it starts. Where it rejects, the reason is why the server cannot run. */
  readonly prepare?: () => Promise<unknown>;
  readonly complaintIn?: ComplaintIn;
}

/** A check that makes events of the death and the return of the server, in Pebble's own form. */
export interface ServerCheck {
  /** Default `<name of the server>-up`. */
  readonly name?: string;
  readonly http?: { readonly url: string };
  readonly tcp?: { readonly host: string; readonly port: number };
  readonly exec?: { readonly command: string; readonly environment: Readonly<Record<string, string>> };
  readonly period?: string;
  readonly timeout?: string;
}

/** Of the lines that the server printed last, what it complained about last. */
export type ComplaintIn = (lines: readonly string[]) => string | undefined;

/**
 * Starts the server, or restarts it with other arguments; writes nothing when it runs as it should. `problem` is why it
 * would not start, `started` whether it was begun here, and so has read its files anew.
 */
export async function ensureRunning(
  tools: HookCommandRunner,
  pebble: PebbleClient,
  server: ServerService,
): Promise<{ readonly started: boolean; readonly problem?: string }> {
  const running = await runningService(pebble, server.name);
  const sameEnvironment = isDeepStrictEqual(running?.environment ?? {}, server.environment);
  if (running?.command === commandLine(server.argv) && sameEnvironment) return { started: false };
  await showStatus(tools, startingStatus(server.name));
  try {
    await server.prepare?.();
  } catch (error) {
    return { started: false, problem: (error as Error).message };
  }
  await applicationVersionSet(tools, server.version);
  await pebble.addLayer(server.name, layer(server), { combine: true });
  const change = await pebble.waitChange(await pebble.replan(), { timeoutMs: 30_000 });
  return { started: true, ...(change.err && { problem: await whyNot(pebble, server.name, server.complaintIn) }) };
}

/** What to show of a server that does not serve yet: one that dies again and again is not starting. Pebble goes on trying. */
export async function notServing(pebble: PebbleClient, name: string, complaintIn?: ComplaintIn): Promise<UnitStatus> {
  const [info] = await pebble.services([name]);
  if (info?.current === 'active') return startingStatus(name);
  return { name: 'blocked', message: await whyNot(pebble, name, complaintIn) };
}

/** Does the address answer with 200? Never rejects. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await ask(url, { timeoutMs: 1000 })).status === 200;
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

/** The layer of Pebble that has the server as its service, and its check. */
export function layer({ name, argv, killDelay, environment, check }: ServerService): string {
  const { name: checkName = `${name}-up`, ...probe } = check;
  const summary = `${name} server`;
  const command = commandLine(argv);
  const service = { override: 'replace', summary, command, startup: 'enabled', 'kill-delay': killDelay, environment };
  return stringify({
    summary,
    services: { [name]: service },
    checks: { [checkName]: { override: 'replace', period: '2s', timeout: '1s', threshold: 1, ...probe } },
  });
}

interface PlannedService {
  readonly command?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The plan's service while it is up or coming back; undefined otherwise. */
export async function runningService(pebble: PebbleClient, name: string): Promise<PlannedService | undefined> {
  const [plan, services] = await Promise.all([pebble.plan(), pebble.services([name])]);
  const { services: planned } = (parse(plan) ?? {}) as { services?: Record<string, PlannedService> };
  const up = services.some((info) => info.current === 'active' || info.current === 'backoff');
  return up ? planned?.[name] : undefined;
}

/** What the server complained about last says more than Pebble's exit code. */
async function whyNot(pebble: PebbleClient, name: string, complaintIn: ComplaintIn = complaintOfGo): Promise<string> {
  const lines = await pebble.logs({ services: [name], n: 20 }).catch(() => []);
  const complaint = complaintIn(lines.map(({ message }) => message.trim()));
  return `cannot start ${name}: ${complaint ?? 'it ended at once and printed no reason'}`;
}

function complaintOfGo(lines: readonly string[]): string | undefined {
  const line = lines.findLast((line) => /level=(error|crit)|error|cannot|failed|unable|panic/i.test(line));
  return line && withoutPrefix(line);
}

/** A line of a program in Go without its log prefix: the value of `err`, else of `msg`, else the line. */
export function withoutPrefix(line: string): string {
  const [message, cause] = ['msg', 'err'].map((key) => {
    const value = new RegExp(`\\b${key}=("(?:[^"\\\\]|\\\\.)*"|\\S+)`).exec(line)?.[1];
    return value?.startsWith('"') ? readQuoted(value) : value;
  });
  return [message, cause].filter(Boolean).join(': ') || line.replace(/^Error: /, '');
}

function readQuoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
