/** `npm run bench [part …]`: measures on this machine and writes bench/RESULTS.md. Nothing here passes or fails. */
import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import type { Figure } from './figures.ts';

const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  dispatch: async () => (await import('./dispatch.ts')).measureDispatch(),
  environment: async () => (await import('./environment.ts')).measureEnvironment(),
  vault: async () => (await import('./vault.ts')).measureVault(),
  'hook commands': async () => (await import('./hook-commands.ts')).measureHookCommands(),
  'foreign charm': async () => (await import('./foreign-charm.ts')).measureForeignCharm(),
  deployment: async () => (await import('./deployment.ts')).measureDeployment(),
  scale: async () => (await import('./scale.ts')).measureScale(),
  supervisor: async () => (await import('./supervisor.ts')).measureSupervisor(),
  'worker kit': async () => (await import('./worker-kit.ts')).measureWorkerKit(),
  truth: async () => (await import('./truth.ts')).measureTruth(),
};

const wanted = process.argv.slice(2);
const sections: string[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`== ${name}`);
  const figures = await measure();
  for (const { what, figure, aim } of figures) console.log(`${what}: ${figure}${aim ? ` (aim: ${aim})` : ''}`);
  sections.push(
    `## ${name}\n\n| what | figure | aim |\n|---|---|---|\n${figures.map((f) => `| ${f.what} | ${f.figure} | ${f.aim || '–'} |`).join('\n')}\n`,
  );
}

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.versions.node}`;
const head = `# Results\n\nMade by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}. Medians, with minimum and maximum. Compare ratios, not absolute times of different machines.\n`;
if (wanted.length === 0) writeFileSync('bench/RESULTS.md', [head, ...sections].join('\n'));
