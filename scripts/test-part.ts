/**
 * `npm run test:<part>`: the tests in tests/parts/<part>, which need servers that take minutes to get. A part's own
 * `prepare.ts`, where there is one, gets them first. Runs as uid 1000 when the caller is root. The last line has the
 * part's figures: what its tests wrote to the file that CHARMLET_FIGURES names, a line each.
 */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testUser } from './testing/ordinary-user.ts';
import { closingLine, runVitest } from './testing/run-vitest.ts';

const [part = '', ...only] = process.argv.slice(2);
const tests = join('tests/parts', part);
if (!/^[a-z]+$/.test(part) || !existsSync(tests)) {
  console.error(`cannot test part "${part}": there is no ${tests} (a directory of tests/parts)`);
  process.exit(2);
}
for (const script of ['scripts/pack.ts --unpacked', 'sample/build.mjs']) run(script.split(' '));

const user = testUser(process.cwd());
const scratch = mkdtempSync(join(tmpdir(), 'charmlet-figures-'));
const figures = join(scratch, 'figures');
writeFileSync(figures, '');
if (process.getuid?.() === 0) for (const path of [scratch, figures]) chownSync(path, user.uid, user.gid);
const asUser = { ...user, env: { ...user.env, CHARMLET_FIGURES: figures } };
if (existsSync(join(tests, 'prepare.ts'))) run([join(tests, 'prepare.ts')], asUser);

const counts = runVitest({
  projects: ['parts'],
  only: only.length > 0 ? only : [`${tests}/`],
  checkout: process.cwd(),
  user: asUser,
});
const lines = readFileSync(figures, 'utf8').trim().split('\n').filter(Boolean);
rmSync(scratch, { recursive: true, force: true });
console.log(`${part}: ${closingLine(counts)}`);
if (lines.length > 0) console.log(`${part} figures: ${lines.join(' · ')}`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** Ends this program when the step fails: without it no test of the part can tell anything. */
function run(args: readonly string[], as?: typeof user): void {
  console.log(`== node ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    ...(as && { cwd: as.checkout, env: as.env, ...(process.getuid?.() === 0 && { uid: as.uid, gid: as.gid }) }),
  });
  if (status === 0) return;
  console.log(`${part}: 0 passed, 1 failed`);
  process.exit(1);
}
