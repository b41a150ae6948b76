/** `npm run check:structure`: the rules of CONTRIBUTING.md that a script can see. Prints one line per finding. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkContract } from './checks/contract.ts';
import { checkCircles, checkDirection, importsOf } from './checks/imports.ts';
import { forbiddenWords, maxLines } from './checks/rooms.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
const sources = files.filter((file) => /\.(ts|mts)$/.test(file));
const inRoom = sources.filter((file) => file.includes('/') && !file.startsWith('docs/'));
const imports = inRoom.flatMap(importsOf);

const findings = [
  ...sources.flatMap(checkLength),
  ...checkDirection(imports),
  ...checkCircles(imports),
  ...files.flatMap(checkWords),
  ...files.filter((file) => /\.(ts|md|sh|yaml)$/.test(file)).flatMap(checkPointers),
  ...(await checkContract()),
];
for (const finding of findings) console.error(finding);
console.log(`structure: ${sources.length} files, ${imports.length} imports, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;

function checkLength(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n').length - 1;
  return lines > maxLines ? [`${file}: has ${lines} lines (at most ${maxLines}: is it really one job?)`] : [];
}

function checkWords(file: string): string[] {
  const rule = Object.entries(forbiddenWords).find(([room]) => file.startsWith(`${room}/`));
  if (!rule) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      rule[1].test(line)
        ? [`${file}:${index + 1}: ${rule[0]} must not know the word in "${line.trim().slice(0, 60)}"`]
        : [],
    );
}

/** A path of this repository that a comment or a page names must lead somewhere. */
function checkPointers(file: string): string[] {
  const pointer =
    /(?<![\w/.-])((?:docs|src|charm|actions|scripts|tests|bench|sample)\/[\w/.-]+\.(?:ts|md|yaml|sh|mjs|py|json))\b/g;
  const inComments = file.endsWith('.ts') ? /^\s*(\*|\/\/|\/\*)/ : /./;
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      inComments.test(line)
        ? [...line.matchAll(pointer)]
            .filter((m) => m[1] && leadsNowhere(file, m[1]))
            .map((m) => `${file}:${index + 1}: points to ${m[1]}, which is not there`)
        : [],
    );
}

/**
 * A page in a directory that is meant to be copied, such as `sample`, names files as seen from itself; and
 * `scripts/start-worker.sh` is the worker image's, not ours.
 */
function leadsNowhere(file: string, path: string): boolean {
  if (path.includes('dist/') || path === 'scripts/start-worker.sh') return false;
  return !existsSync(path) && !existsSync(join(dirname(file), path));
}
