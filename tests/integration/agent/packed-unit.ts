import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readCharmDirectory } from '../../../src/controller/charm/read-charm.ts';
import type { HookEvent } from '../../../src/controller/hook/event.ts';
import type { ConfigValue } from '../../../src/controller/hook/model.ts';
import { type HookOutcome, runHook } from '../../../src/controller/hook/run.ts';
import { type HookServer, openHookServer } from '../../../src/controller/hook/server.ts';
import { RecordedModel } from '../../conformance/golden/recorded-model.ts';
import type { MemoryFacts } from '../../unit/controller/hook/memory-model.ts';
import { type RunningSupervisor, runSupervisor } from '../supervisor/run-supervisor.ts';

const charm = fileURLToPath(new URL('../../../dist/charm', import.meta.url));
const service = 'temporal-worker';

/** Options with which a process that runs counts, so that no Temporal server is needed. */
export const withoutServer = {
  host: '127.0.0.1:1',
  namespace: 'ns',
  queue: 'q',
  'poller-evidence': 'off',
  'start-timeout': '0s',
  'stop-timeout': '1s',
};

/** A unit `w/0` of the packed charm: its dispatch, the controller's hook commands over a model in memory, our supervisor. */
export interface PackedUnit {
  readonly model: RecordedModel;
  readonly supervisor: RunningSupervisor;
  readonly charmDir: string;
  /** Runs one event to its end. */
  run(event?: HookEvent): Promise<HookOutcome>;
  /** Runs events, as the unit's own tick would, until the status is as expected; then returns it. */
  untilStatus(pattern: RegExp): Promise<string>;
  /** `name: message`. */
  status(): string;
  setConfig(options: Readonly<Record<string, ConfigValue>>): void;
  /** What the service is told, as Pebble has it. */
  environment(): Promise<Readonly<Record<string, string>>>;
  startedAt(): Promise<string | undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function packedUnit(
  of: { readonly facts?: MemoryFacts; readonly worker?: string } = {},
): Promise<PackedUnit> {
  const home = mkdtempSync(join(tmpdir(), 'packed-unit-'));
  const files = { 'scripts/start-worker.sh': of.worker ?? '#!/bin/sh\nexec sleep 1000\n' };
  const [supervisor, server, { options }] = await Promise.all([
    runSupervisor({ files }),
    openHookServer({ dir: join(home, 'hook') }),
    readCharmDirectory(charm),
  ]);
  const containersDir = join(home, 'containers');
  mkdirSync(containersDir);
  symlinkSync(dirname(supervisor.spec.socket), join(containersDir, service));
  const defaults = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, option.default ?? null] as const),
  );
  const config: Record<string, ConfigValue | null> = { ...defaults, ...withoutServer, ...of.facts?.config };
  const model = new RecordedModel('w', { ...of.facts, config });
  const charmDir = copyCharm(home);
  return new Unit({ home, supervisor, server, containersDir, model, charmDir, config });
}

interface Hosting {
  readonly home: string;
  readonly server: HookServer;
  readonly containersDir: string;
  readonly config: Record<string, ConfigValue | null>;
}

class Unit implements PackedUnit {
  readonly model: RecordedModel;
  readonly supervisor: RunningSupervisor;
  readonly charmDir: string;
  readonly #of: Hosting;

  constructor(
    of: Hosting & {
      readonly model: RecordedModel;
      readonly supervisor: RunningSupervisor;
      readonly charmDir: string;
    },
  ) {
    this.model = of.model;
    this.supervisor = of.supervisor;
    this.charmDir = of.charmDir;
    this.#of = of;
  }

  run(event: HookEvent = { hook: 'config-changed' }): Promise<HookOutcome> {
    const { server, containersDir } = this.#of;
    const how = { kind: 'process', charmDir: this.charmDir, server, containersDir, jujuVersion: '3.6.13' } as const;
    return runHook({ model: this.model, unit: 'w/0', event, how });
  }

  async untilStatus(pattern: RegExp): Promise<string> {
    const deadline = Date.now() + 60_000;
    do {
      const outcome = await this.run({ hook: 'temporal-worker-pebble-custom-notice' });
      if (outcome.kind !== 'ok') throw new Error(`the dispatch failed: ${JSON.stringify(outcome)} ${this.said()}`);
      if (pattern.test(this.status())) return this.status();
    } while (Date.now() < deadline);
    throw new Error(`waited in vain for ${pattern}: ${this.status()}`);
  }

  status(): string {
    const { status, message } = this.model.unitStatus('w/0');
    return `${status}: ${message}`;
  }

  said(): string {
    return this.model.logged.map(({ message }) => message).join('\n');
  }

  setConfig(options: Readonly<Record<string, ConfigValue>>): void {
    Object.assign(this.#of.config, options);
  }

  async environment(): Promise<Readonly<Record<string, string>>> {
    const plan = parse(await this.supervisor.client.plan(), { schema: 'failsafe' });
    return plan?.services?.[service]?.environment ?? {};
  }

  async startedAt(): Promise<string | undefined> {
    const [found] = await this.supervisor.client.services([service]);
    return found?.['current-since'];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.supervisor[Symbol.asyncDispose]();
    await this.#of.server.close();
    rmSync(this.#of.home, { recursive: true, force: true });
  }
}

/** A unit's own copy of the charm, which it may write to; what is large in it is only pointed to. */
export function copyCharm(home: string): string {
  const dir = join(home, 'charm');
  mkdirSync(dir);
  for (const name of ['dispatch', 'metadata.yaml', 'config.yaml', 'actions.yaml'])
    cpSync(join(charm, name), join(dir, name));
  for (const name of ['bin', 'lib']) symlinkSync(join(charm, name), join(dir, name));
  return dir;
}
