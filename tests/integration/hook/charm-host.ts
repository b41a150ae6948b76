import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { HookEvent } from '../../../src/controller/hook/event.ts';
import { type HookOutcome, type HookRun, runHook } from '../../../src/controller/hook/run.ts';
import { type HookServer, openHookServer } from '../../../src/controller/hook/server.ts';
import { type MemoryFacts, MemoryModel } from '../../unit/controller/hook/memory-model.ts';

export interface CharmHost {
  home(): string;
  server(): HookServer;
  charmDir(): string;
  /** Writes a program of the charm; `#!/bin/sh` unless it brings its own first line. */
  program(path: string, text: string, mode?: number): void;
  /** Runs an event of `w/0`, by default against a model of these facts. */
  run(
    event: HookEvent,
    more?: Partial<HookRun> & { readonly facts?: MemoryFacts; readonly model?: MemoryModel },
  ): { readonly model: MemoryModel; readonly outcome: Promise<HookOutcome> };
}

export const configChanged: HookEvent = { hook: 'config-changed' };

/** A place of its own for each test of the file: a charm directory and a hook server. */
export function charmHost(): CharmHost {
  let home = '';
  let server: HookServer | undefined;
  const charmDir = () => join(home, 'charm');

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'hook-run-'));
    server = await openHookServer({ dir: join(home, 'hook') });
  });

  afterEach(async () => {
    await server?.close();
    await rm(home, { recursive: true });
  });

  return {
    home: () => home,
    server: () => server!,
    charmDir,
    program(path, text, mode = 0o755) {
      const file = join(charmDir(), path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text.startsWith('#!') ? text : `#!/bin/sh\n${text}\n`);
      chmodSync(file, mode);
    },
    run(event, { facts = {}, model = new MemoryModel(facts), ...more } = {}) {
      const containersDir = join(home, 'u/w-0');
      const how = {
        kind: 'process',
        charmDir: charmDir(),
        server: server!,
        containersDir,
        jujuVersion: '3.6.13',
      } as const;
      return { model, outcome: runHook({ unit: 'w/0', event, how, ...more, model }) };
    },
  };
}
