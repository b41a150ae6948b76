import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configFile, type Spine, withTemporal, worker } from '../tests/integration/system/spine.ts';
import { type Figure, round, spread } from './figures.ts';
import { processesWith, type Seen } from './processes.ts';

const idleMs = 20_000;

/** What more units cost: the time until all are active, the work of the controller, and memory and processor time at rest. */
export async function measureScale(): Promise<readonly Figure[]> {
  const spine = await withTemporal();
  try {
    await deployPoller(spine);
    const toTen = await grow(spine, 1, 10);
    // With fifty, Juju's own rule tells 50 × 49 times who has joined the peer relation: rest would be minutes away.
    const resting = await atRest(spine);
    return [...toTen, ...(await grow(spine, 10, 50)), ...resting];
  } finally {
    await spine.system.close();
  }
}

async function deployPoller({ system, address }: Spine): Promise<void> {
  const image = join(system.root, 'poller');
  mkdirSync(join(image, 'scripts'), { recursive: true });
  const script = join(image, 'scripts/start-worker.sh');
  writeFileSync(script, `#!/bin/sh\nexec ${process.execPath} ${join(import.meta.dirname, 'poller.mjs')}\n`);
  chmodSync(script, 0o755);
  const config = configFile(system, { host: address, queue: 'test-queue', namespace: 'test' });
  await system.do('deploy', worker, '--resource', `temporal-worker-image=${image}`, '--config', config);
  await active({ system }, 1);
}

async function active({ system }: Pick<Spine, 'system'>, units: number): Promise<void> {
  const query = `status=="active" && len(units)==${units} && forEach(units, unit => unit.workload-status=="active")`;
  await system.do('wait-for', 'application', worker, '--query', query, '--timeout', '10m');
}

async function grow(spine: Spine, from: number, to: number): Promise<readonly Figure[]> {
  const { system } = spine;
  const before = { cpu: controller(spine).cpuMs, dispatches: await dispatches(spine), at: performance.now() };
  await system.do('scale-application', worker, String(to));
  await active(spine, to);
  const seconds = (performance.now() - before.at) / 1000;
  const ran = (await dispatches(spine)) - before.dispatches;
  const cpu = (controller(spine).cpuMs - before.cpu) / 1000;
  return [
    { what: `${from} → ${to} units: until all are active`, figure: `${round(seconds)} s`, aim: '' },
    { what: `${from} → ${to} units: dispatches a second`, figure: `${round(ran / seconds)} (${ran} in all)`, aim: '' },
    {
      what: `${from} → ${to} units: processor time of the controller and the hooks it waited for`,
      figure: `${round(cpu)} s, ${round((cpu * 1000) / Math.max(ran, 1))} ms a dispatch`,
      aim: '',
    },
  ];
}

async function atRest(spine: Spine): Promise<readonly Figure[]> {
  const { system } = spine;
  const supervisors = () => processesWith(`--spec ${join(system.data, 'units')}`);
  const idle = 'forEach(units, unit => unit.agent-status=="idle")';
  await system.do('wait-for', 'application', worker, '--query', idle, '--timeout', '10m');
  // The first ticks after a start are over by then, and what they left is collected.
  await sleep(30_000);
  const before = { controller: controller(spine), supervisors: supervisors() };
  await sleep(idleMs);
  const after = { controller: controller(spine), supervisors: supervisors() };
  const share = (now: readonly Seen[], then: readonly Seen[]) => {
    const spent = now.reduce(
      (sum, each) => sum + each.cpuMs - (then.find(({ pid }) => pid === each.pid)?.cpuMs ?? 0),
      0,
    );
    return `${round((spent / idleMs / now.length) * 100)} %`;
  };
  const memory = (all: readonly Seen[]) =>
    `${round(spread(all.map(({ rss }) => rss)).median)} MiB resident, ${round(spread(all.map(({ pss }) => pss)).median)} its share`;
  return [
    { what: 'controller with 10 units at rest: memory', figure: memory([after.controller]), aim: '≤ 60 MiB' },
    { what: 'a supervisor at rest: memory', figure: memory(after.supervisors), aim: '≤ 60 MiB' },
    {
      what: 'controller with 10 units at rest: of a processor',
      figure: share([after.controller], [before.controller]),
      aim: '≈ 0',
    },
    {
      what: 'a supervisor at rest (a check every 2 s): of a processor, with its checks',
      figure: share(after.supervisors, before.supervisors),
      aim: '≈ 0',
    },
  ];
}

function controller({ system }: Spine): Seen {
  const pid = system.controllerPid();
  const found = processesWith('bin/controller.ts').find((each) => each.pid === pid);
  if (!found) throw new Error('cannot measure the controller: it does not run');
  return found;
}

/** How many hooks have ended so far, from the log. */
async function dispatches({ system }: Spine): Promise<number> {
  const log = await system.do('debug-log', '--replay', '--no-tail', '--level', 'INFO');
  return log.split('\n').filter((line) => / ran "[^"]+" hook/.test(line)).length;
}
