import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DaemonUnderTest, daemons } from '../tests/conformance/pebble/daemons.ts';
import { type Figure, milliseconds, round } from './figures.ts';
import { processesWith } from './processes.ts';

const lines = 200_000;
const lineLength = 100;

/** Our supervisor, and beside it a real Pebble when PEBBLE_BIN names one: how soon a service runs, and what its log costs. */
export async function measureSupervisor(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { name, start } of daemons) {
    await using daemon = await start();
    figures.push(await startLatency(name, daemon), ...(await logging(name, daemon)));
  }
  if (daemons.length === 1) figures.push({ what: 'Pebble', figure: 'skipped: PEBBLE_BIN names none', aim: '' });
  return figures;
}

/** From the request to the first thing that the service does. */
async function startLatency(name: string, { client }: DaemonUnderTest): Promise<Figure> {
  const took: number[] = [];
  const home = mkdtempSync(join(tmpdir(), 'bench-start-'));
  for (let turn = 0; turn < 10; turn++) {
    const [service, begun] = [`hello-${turn}`, join(home, `begun-${turn}`)];
    const layer = { services: { [service]: { override: 'replace', command: `sh -c ": >${begun}; exec sleep 100"` } } };
    await client.addLayer(service, JSON.stringify(layer), { combine: true });
    const begin = performance.now();
    void client.start([service]);
    while (!existsSync(begun)) await sleep(1);
    took.push(performance.now() - begin);
  }
  rmSync(home, { recursive: true });
  return { what: `${name}: start asked for → the service runs`, figure: milliseconds(took), aim: '' };
}

async function logging(name: string, { client }: DaemonUnderTest): Promise<readonly Figure[]> {
  const text = 'x'.repeat(lineLength - 1);
  const command = `sh -c "yes ${text} | head -n ${lines}; echo all-of-it; exec sleep 100"`;
  await client.addLayer('loud', JSON.stringify({ services: { loud: { override: 'replace', command } } }), {
    combine: true,
  });
  const pid = daemonPid(name);
  const before = cpu(pid);
  const begin = performance.now();
  void client.start(['loud']);
  while (!(await client.logs({ services: ['loud'], n: 1 })).some(({ message }) => message.includes('all-of-it')))
    await sleep(20);
  const seconds = (performance.now() - begin) / 1000;
  const megabytes = (lines * lineLength) / 1e6;
  return [
    { what: `${name}: log lines of ${lineLength} bytes a second`, figure: round(lines / seconds), aim: '' },
    { what: `${name}: processor time per MB of log`, figure: `${round((cpu(pid) - before) / megabytes)} ms`, aim: '' },
  ];
}

function daemonPid(name: string): number {
  const of = name === 'ours' ? 'supervisor.ts' : (process.env.PEBBLE_BIN ?? '');
  return Math.max(...processesWith(of).map(({ pid }) => pid));
}

function cpu(pid: number): number {
  return processesWith('').find((each) => each.pid === pid)?.cpuMs ?? 0;
}
