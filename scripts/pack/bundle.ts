import { basename, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { slimTemporal } from './slim-temporal.ts';

/**
 * Bundles the agent into `outdir`: `dispatch.cjs` has all that every event needs in one file, because a module costs a
 * millisecond to load wherever it is small; so has the query. Both are CommonJS, which starts 5 ms sooner: there is no
 * loader to bring up, and a built-in module that is required need not have all its exports read. What is imported late
 * becomes a file of its own with all that it needs, so that classes are not shared between them.
 */
export async function bundle(outdir: string): Promise<void> {
  const waiting = ['src/bin/dispatch.ts', 'src/bin/explain-environment.ts'];
  const bundled = new Map<string, string>();
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    const file = outputName(entry);
    if (bundled.has(file)) continue;
    bundled.set(file, entry);
    waiting.push(...(await bundleOne(entry, join(outdir, file))));
  }
}

/** Libraries in CommonJS call `require`, which a module does not have; the agent's own code never does. */
const requireBanner =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/** Bundles one entry point and returns the files that it imports late. */
async function bundleOne(entry: string, outfile: string): Promise<readonly string[]> {
  const late: string[] = [];
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: isProgram(entry) ? 'cjs' : 'esm',
    platform: 'node',
    target: 'node24',
    legalComments: 'linked',
    logLevel: 'error',
    plugins: [lateImports(late), slimTemporal()],
    ...(isProgram(entry) ? {} : { banner: { js: requireBanner }, minifyWhitespace: true, minifySyntax: true }),
  });
  return late;
}

/** Leaves `import()` of a file in place and points it to that file's own bundle. A library that is imported late is bundled in. */
function lateImports(late: string[]): Plugin {
  return {
    name: 'late-imports',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, kind, importer }) => {
        if (kind !== 'dynamic-import' || importer.includes('node_modules')) return undefined;
        const file = relative(process.cwd(), join(resolveDir, path));
        late.push(file);
        return { path: `./${outputName(file)}`, external: true };
      });
    },
  };
}

function isProgram(file: string): boolean {
  return file.startsWith('src/bin/');
}

function outputName(file: string): string {
  return basename(file).replace(/\.ts$/, isProgram(file) ? '.cjs' : '.mjs');
}
