/** `npm run test:parts`: the tests that need heavy servers, each a script of its own in package.json named `test:<part>`. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const parts = Object.keys(scripts).filter((name) => name.startsWith('test:') && name !== 'test:parts');

let failed = 0;
for (const part of parts) {
  console.log(`== ${part}`);
  if (spawnSync('npm', ['run', '--silent', part], { stdio: 'inherit' }).status !== 0) failed += 1;
}
console.log(
  parts.length === 0
    ? 'test:parts: there is no heavy part yet'
    : `test:parts: ${parts.length - failed} of ${parts.length} parts passed`,
);
process.exitCode = failed > 0 ? 1 : 0;
