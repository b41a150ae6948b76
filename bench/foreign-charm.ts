import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runHook } from '../src/controller/hook/run.ts';
import { openHookServer } from '../src/controller/hook/server.ts';
import { Namespace } from '../src/supervisor/workload/namespace.ts';
import { layOutCharm, opsLibrary } from '../tests/integration/foreign/ops-library.ts';
import { MemoryModel } from '../tests/unit/controller/hook/memory-model.ts';
import { type Figure, milliseconds, round, spread } from './figures.ts';

const rounds = 15;

/** What hosting a charm written with ops costs: its dispatch alone, with our hook commands, and in a `/charm` of its own. */
export async function measureForeignCharm(): Promise<readonly Figure[]> {
  const library = await opsLibrary();
  if (!library) return [{ what: 'a charm written with ops', figure: 'skipped: ops cannot be had here', aim: '' }];
  const home = await mkdtemp(join(tmpdir(), 'bench-foreign-'));
  const server = await openHookServer({ dir: join(home, 'hook') });
  try {
    const charmDir = layOutCharm(join(home, 'charm'), library);
    const view = new Namespace({
      dir: home,
      overlay: null,
      places: [{ at: '/charm/containers', directory: join(home, 'hook') }],
    });
    view.prepare();
    const tools = writeStubs(join(home, 'stubs'));
    const hosted = async (enter?: (argv: readonly string[], cwd: string) => [string, ...string[]]) => {
      const model = new MemoryModel({ config: { greeting: 'hello' }, units: { w: ['w/0'] } });
      const how = { kind: 'process', charmDir, server, containersDir: home, jujuVersion: '3.6.13', enter } as const;
      const outcome = await runHook({ model, unit: 'w/0', event: { hook: 'update-status' }, how });
      if (outcome.kind !== 'ok') throw new Error(`cannot time a dispatch: ${JSON.stringify([outcome, model.logged])}`);
    };
    const ways: Record<string, () => Promise<unknown>> = {
      bare: () => bareDispatch(charmDir, tools),
      hosted: () => hosted(),
      viewed: () => hosted((argv, cwd) => view.wrap(argv, { cwd }) as [string, ...string[]]),
    };
    const took: Record<string, number[]> = { bare: [], hosted: [], viewed: [] };
    for (let turn = 0; turn <= rounds; turn++) {
      for (const [name, way] of Object.entries(ways)) {
        const begin = performance.now();
        await way();
        // The first round warms up.
        if (turn > 0) took[name]?.push(performance.now() - begin);
      }
    }
    const [bare = [], plain = [], viewed = []] = [took.bare, took.hosted, took.viewed];
    const over = (values: readonly number[]) => `, ${round(spread(values).median / spread(bare).median)} × bare`;
    return [
      { what: "an ops charm's dispatch, bare (hook commands are stubs)", figure: milliseconds(bare), aim: '' },
      { what: 'the same, hosted', figure: `${milliseconds(plain)}${over(plain)}`, aim: '' },
      { what: 'the same, hosted with a /charm of its own', figure: `${milliseconds(viewed)}${over(viewed)}`, aim: '' },
    ];
  } finally {
    await server.close();
    await rm(home, { recursive: true });
  }
}

function writeStubs(dir: string): string {
  mkdirSync(dir);
  const answers = { 'config-get': '{"greeting":"hello"}', 'is-leader': 'false', 'status-set': '', 'juju-log': '' };
  for (const [name, answer] of Object.entries(answers)) {
    writeFileSync(join(dir, name), `#!/bin/sh\necho '${answer}'\n`);
    chmodSync(join(dir, name), 0o755);
  }
  return dir;
}

async function bareDispatch(charmDir: string, tools: string): Promise<void> {
  const env = {
    PATH: `${tools}:/usr/bin:/bin`,
    JUJU_CHARM_DIR: charmDir,
    JUJU_DISPATCH_PATH: 'hooks/update-status',
    JUJU_UNIT_NAME: 'foreign/0',
    JUJU_MODEL_NAME: 'default',
    JUJU_MODEL_UUID: '64e39d21-d13a-453a-81d5-2fa303e69326',
    JUJU_VERSION: '3.6.13',
  };
  await promisify(execFile)(join(charmDir, 'dispatch'), [], { cwd: charmDir, env });
}
