import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHook } from '../src/controller/hook/run.ts';
import { openHookServer } from '../src/controller/hook/server.ts';
import { MemoryModel } from '../tests/unit/controller/hook/memory-model.ts';
import { type Figure, milliseconds, round, spread } from './figures.ts';

const batches = 15;
const calls = 40;

/** What is timed, as a line of shell that makes `calls` calls. */
const lines = {
  bare: loop('/bin/true'),
  short: loop('is-leader --format=json'),
  write: loop('relation-set -r 7 a=$i'),
  stdin: loop('relation-set -r 7 --file - <settings'),
  long: loop('config-get --format=json'),
  parallel: `i=0; while [ $i -lt ${calls} ]; do is-leader --format=json & i=$((i+1)); done; wait`,
};

function loop(command: string): string {
  return `i=0; while [ $i -lt ${calls} ]; do ${command}; i=$((i+1)); done`;
}

/** Hook commands as a shell charm calls them, beside the start of a program that does nothing. */
export async function measureHookCommands(): Promise<readonly Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'bench-hook-'));
  const server = await openHookServer({ dir: join(home, 'hook') });
  try {
    const perCall: Record<keyof typeof lines, number[]> = {
      bare: [],
      short: [],
      write: [],
      stdin: [],
      long: [],
      parallel: [],
    };
    for (let batch = 0; batch <= batches; batch++) {
      for (const [name, line] of Object.entries(lines) as [keyof typeof lines, string][]) {
        const took = await timeHook(home, server, line);
        // The first round warms up.
        if (batch > 0) {
          perCall[name].push(took / calls);
        }
      }
    }
    const median = spread(perCall.short).median;
    return [
      { what: 'start of `/bin/true` from a shell', figure: milliseconds(perCall.bare), aim: '' },
      {
        what: '`is-leader --format=json`',
        figure: `${milliseconds(perCall.short)}, ${round(1000 / median)} a second`,
        aim: '≤ 6 ms',
      },
      { what: '`relation-set -r 7 a=1`', figure: milliseconds(perCall.write), aim: '≤ 6 ms' },
      { what: '`relation-set -r 7 --file -` (1 kB)', figure: milliseconds(perCall.stdin), aim: '≤ 6 ms' },
      { what: '`config-get --format=json` (64 kB)', figure: milliseconds(perCall.long), aim: '≤ 6 ms' },
      { what: `\`is-leader\`, ${calls} at once, per call`, figure: milliseconds(perCall.parallel), aim: '≤ 6 ms' },
    ];
  } finally {
    await server.close();
    await rm(home, { recursive: true });
  }
}

/** Milliseconds that the line takes inside of a hook, by the shell's own clock. */
async function timeHook(
  home: string,
  server: Awaited<ReturnType<typeof openHookServer>>,
  line: string,
): Promise<number> {
  const charmDir = join(home, 'charm');
  mkdirSync(charmDir, { recursive: true });
  writeFileSync(join(charmDir, 'settings'), `key: ${'x'.repeat(1000)}\n`);
  const text = `#!/bin/sh\nbegin=$(date +%s%N)\n{ ${line}; } >/dev/null\nend=$(date +%s%N)\necho "took=$(((end - begin) / 1000))"\n`;
  writeFileSync(join(charmDir, 'dispatch'), text);
  chmodSync(join(charmDir, 'dispatch'), 0o755);
  const model = new MemoryModel({
    config: { big: 'x'.repeat(64_000) },
    relations: [{ id: 7, endpoint: 'database', remoteApp: 'pg', remoteUnits: [] }],
  });
  const how = { kind: 'process', charmDir, server, containersDir: home, jujuVersion: '3.6.13' } as const;
  const outcome = await runHook({ model, unit: 'w/0', event: { hook: 'config-changed' }, how });
  const took = model.logged.map((entry) => /^took=(\d+)$/.exec(entry.message)?.[1]).find((us) => us !== undefined);
  if (outcome.kind !== 'ok' || took === undefined) {
    throw new Error(`cannot time "${line}": ${JSON.stringify([outcome, model.logged])}`);
  }
  return Number(took) / 1000;
}
