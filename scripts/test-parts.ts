/** `npm run test:parts`: the tests that need heavy servers, each a script of its own in package.json named `test:<part>`. */
import { spawnSync } from 'node:child_process';

/** Filled by the parts as they come; each prints its own figures. */
const parts: readonly string[] = [];

let failed = 0;
for (const part of parts) {
  console.log(`== test:${part}`);
  if (spawnSync('npm', ['run', '--silent', `test:${part}`], { stdio: 'inherit' }).status !== 0) failed += 1;
}
console.log(
  parts.length === 0
    ? 'test:parts: there is no heavy part yet'
    : `test:parts: ${parts.length - failed} of ${parts.length} parts passed`,
);
process.exitCode = failed > 0 ? 1 : 0;
