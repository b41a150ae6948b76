// Builds dist/, or the directory that its argument names: the package as it is published (npm publish worker-kit/dist),
// JavaScript and types from src/, with a package.json that names them. In this repository src/ is used as it is.
// Prints what it did in one line.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const dist = resolve(process.argv[2] ?? join(here, 'dist'));

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
execFileSync(process.execPath, [compiler, '-p', join(here, 'tsconfig.json'), '--outDir', dist], { stdio: 'inherit' });
// The compiler rewrites the endings of imports in JavaScript, but leaves them as they are in types.
for (const name of readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
  const file = join(dist, name);
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(from|import\()( ?)'(\.[^']*)\.ts'/g, "$1$2'$3.js'"));
}

const { private: _, scripts, ...manifest } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const exports = Object.fromEntries(
  Object.entries(manifest.exports).map(([name, source]) => {
    const stem = source.replace('./src/', './').replace(/\.ts$/, '');
    return [name, { types: `${stem}.d.ts`, default: `${stem}.js` }];
  }),
);
writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ ...manifest, exports }, undefined, 2)}\n`);
cpSync(join(here, 'README.md'), join(dist, 'README.md'));
cpSync(join(here, '../LICENSE'), join(dist, 'LICENSE'));
console.log(`${dist} holds ${manifest.name} ${manifest.version}`);
