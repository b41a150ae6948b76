// Runs inside a unit's hook context (`charmlet exec`): times shell commands in turn, A B A B …, and prints JSON:
// { "<command>": { "wallMs": [...], "cpuMs": [...], "rssMiB": [...] } }. Usage: node time-commands.mjs <runs> <command>…
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const [runs, ...commands] = process.argv.slice(2);
const gnuTime = existsSync('/usr/bin/time');
const result = Object.fromEntries(commands.map((command) => [command, { wallMs: [], cpuMs: [], rssMiB: [] }]));
for (let run = -1; run < Number(runs); run++) {
  for (const command of commands) {
    const script = gnuTime ? `/usr/bin/time -f 'rss %M' sh -c "$0"; times` : `sh -c "$0"; times`;
    const begin = performance.now();
    const ran = spawnSync('sh', ['-c', script, command], { encoding: 'utf8' });
    const wall = performance.now() - begin;
    if (run < 0) continue;
    const children = ran.stdout
      .trim()
      .split('\n')
      .at(-1)
      .match(/(\d+)m([\d.]+)s (\d+)m([\d.]+)s/);
    result[command].wallMs.push(wall);
    result[command].cpuMs.push(
      1000 * (60 * children[1] + Number(children[2]) + 60 * children[3] + Number(children[4])),
    );
    const rss = ran.stderr.match(/rss (\d+)/);
    if (rss) result[command].rssMiB.push(rss[1] / 1024);
  }
}
console.log(JSON.stringify(result));
