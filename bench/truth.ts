import { deployWorker, withTemporal, workerProcesses } from '../tests/integration/system/spine.ts';
import { type Figure, round } from './figures.ts';
import { Watcher } from './watcher.ts';

const seconds = 60;

/**
 * A minute of random kills. Ten times a second the unit's status is held against the truth: a process of the worker is
 * alive, and the server has seen a poll on the queue since that process began.
 */
export async function measureTruth(): Promise<readonly Figure[]> {
  const spine = await withTemporal();
  const watcher = await Watcher.open(spine, { namespace: 'test', queue: 'test-queue', hertz: 10 });
  try {
    await deployWorker(spine);
    watcher.forget();
    let falselyActive = 0;
    let falselyNot = 0;
    let kills = 0;
    const end = Date.now() + seconds * 1000;
    let nextKill = Date.now() + 1000;
    let died = 0;
    while (Date.now() < end) {
      await new Promise((wake) => setTimeout(wake, 100));
      const processes = workerProcesses(spine.address);
      const look = watcher.looks.at(-1);
      if (!look) continue;
      const polls = processes.length > 0 && look.lastAccess > Math.max(died, ...processes.map((one) => one.began));
      if (look.status === 'active' && !polls) falselyActive += 0.1;
      if (look.status !== 'active' && polls) falselyNot += 0.1;
      const victim = processes[0];
      if (victim && Date.now() > nextKill) {
        process.kill(victim.pid, 'SIGKILL');
        died = Date.now();
        kills += 1;
        nextKill = Date.now() + 2000 + Math.random() * 8000;
      }
    }
    return [
      {
        what: `seconds of ${seconds} with ${kills} kills in which the status said active and nothing polled`,
        figure: round(falselyActive),
        aim: `≤ ${2 * kills} (a check period a kill)`,
      },
      { what: `seconds in which it said something else and the worker polled`, figure: round(falselyNot), aim: '' },
    ];
  } finally {
    watcher.close();
    await spine.system.close();
  }
}
