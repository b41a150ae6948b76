/**
 * `npm test`: types, lint, structure, then unit, conformance and integration tests. `npm test -- integration` runs one
 * kind; further words go to vitest (`npm test -- unit charm/status`). Tests that start processes run as uid 1000 when
 * the caller is root.
 */
import { spawnSync } from 'node:child_process';
import { type TestUser, testUser } from './testing/ordinary-user.ts';
import { add, type Counts, closingLine, runVitest } from './testing/run-vitest.ts';

const kinds = ['unit', 'conformance', 'integration'] as const;
const [word, ...only] = process.argv.slice(2);
const chosen = kinds.filter((kind) => word === undefined || word === kind);
if (chosen.length === 0) {
  console.error(`cannot run tests: there is no kind "${word}" (${kinds.join(', ')}, or none for all)`);
  process.exit(2);
}

let failed = 0;
if (word === undefined) {
  for (const check of ['check:types', 'check:lint', 'check:structure'])
    failed += step('npm', ['run', '--silent', check]);
}
if (chosen.some((kind) => kind !== 'unit')) {
  failed += step(process.execPath, ['scripts/pack.ts', '--unpacked']);
  failed += step(process.execPath, ['sample/build.mjs']);
}

const checkout = process.cwd();
let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const kind of chosen) {
  console.log(`\n== ${kind} tests`);
  const user = kind === 'unit' ? undefined : testUser(checkout);
  if (user && kind === 'integration') failed += step(process.execPath, ['scripts/testing/prepare-servers.ts'], user);
  counts = add(counts, runVitest({ projects: [kind], only, checkout, ...(user ? { user } : {}) }));
}
counts = { ...counts, failed: counts.failed + failed };
console.log(closingLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;

/** Runs one check and says so; returns 1 when it fails, for the closing count. */
function step(command: string, args: readonly string[], user?: TestUser): number {
  console.log(`== ${[command === process.execPath ? 'node' : command, ...args].join(' ')}`);
  return spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    ...(user && {
      cwd: user.checkout,
      env: user.env,
      ...(process.getuid?.() === 0 && { uid: user.uid, gid: user.gid }),
    }),
  }).status === 0
    ? 0
    : 1;
}
