// Builds dist/: everything the worker needs but Node itself, so that a copy of this directory runs anywhere.
//   worker.mjs, client.mjs     the programs, with the SDK inside
//   workflow-thread.mjs        the SDK's thread in which workflows run
//   workflow-bundle.js         the workflows, bundled for the SDK's sandbox
//   releases/<platform>/       the SDK's native library, for this machine's platform only
//   failure-converter.cjs      what hides the messages of failures when payloads are encrypted
//   mappings.wasm              what reads source maps, for the stack traces of workflows
// Does nothing when nothing that goes in has changed. Prints what it did in one line.
import { createHash } from 'node:crypto';
import {
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const dist = join(here, 'dist');

/** Where an installed package lies, whether npm put it here or further up. */
function packageDir(name, from = require) {
  for (const base of from.resolve.paths(name) ?? []) {
    if (existsSync(join(base, name, 'package.json'))) return join(base, name);
  }
  throw new Error(`cannot build the sample: package "${name}" is not installed (run: npm ci)`);
}

/** A hash over everything that goes in: our sources, this file, the packages' versions and the platform. */
function inputHash() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of [join(here, 'build.mjs'), ...sourcesIn(join(here, 'src')), ...sourcesIn(kitDir())]) {
    hash.update(`\0${file.slice(here.length)}\0`).update(readFileSync(file));
  }
  for (const name of [
    'esbuild',
    '@temporalio/worker',
    '@temporalio/client',
    '@temporalio/workflow',
    'node-vault',
    'pg',
  ]) {
    hash.update(`\0${name}@${JSON.parse(readFileSync(join(packageDir(name), 'package.json'), 'utf8')).version}`);
  }
  return hash.digest('hex');
}

/** The worker kit's sources: a folder of this repository, or the package from the registry. */
function kitDir() {
  return dirname(require.resolve('temporal-worker-kit'));
}

function sourcesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.(ts|js)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

const hash = inputHash();
const stamp = join(dist, 'inputs.sha256');
if (isBuilt(hash)) {
  console.log('sample/dist is up to date');
} else {
  const startedAt = performance.now();
  await build(hash);
  console.log(`sample/dist built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** Builds beside `dist` and swaps at the end, so that an interrupted build leaves nothing half. */
async function build(hash) {
  const out = join(here, `dist.new-${process.pid}`);
  mkdirSync(out, { recursive: true });
  try {
    await Promise.all([bundlePrograms(out), bundleWorkflows(out), copyBinaries(out)]);
    writeFileSync(join(out, 'inputs.sha256'), hash);
    swap(out, hash);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Puts the new directory in place of `dist`. Another build that was quicker with the same input has done it already. */
function swap(out, hash) {
  const old = join(here, `dist.old-${process.pid}`);
  try {
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(out, dist);
  } catch (error) {
    if (!isBuilt(hash)) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

function isBuilt(hash) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

async function bundlePrograms(out) {
  const { build: esbuild } = await import('esbuild');
  const thread = join(packageDir('@temporalio/worker'), 'lib/workflow/workflow-worker-thread.js');
  const worker = { worker: join(here, 'src/worker.ts'), 'workflow-thread': thread };
  const options = {
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What only some settings need (Sentry, Candid) is a file of its own, loaded when they are set.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'error',
    // The SDK is CommonJS: its `require` of Node's modules and its paths relative to itself need these three.
    banner: {
      js: [
        "import { createRequire as createRequireOf } from 'node:module';",
        'const require = createRequireOf(import.meta.url);',
        'const __dirname = import.meta.dirname, __filename = import.meta.filename;',
      ].join('\n'),
    },
    plugins: [withoutBundler()],
  };
  await Promise.all([
    esbuild({ ...options, entryPoints: worker }),
    bundleFailureConverter(out),
    esbuild({ ...options, entryPoints: { client: join(here, 'src/client.ts') } }),
  ]);
}

/** The SDK loads it by its path when payloads are encrypted, with `require`. */
async function bundleFailureConverter(out) {
  const { build: esbuild } = await import('esbuild');
  await esbuild({
    entryPoints: [require.resolve('temporal-worker-kit/failure-converter')],
    outfile: join(out, 'failure-converter.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'error',
  });
}

/**
 * Leaves webpack and swc out: workflows are bundled here and now, not when the worker starts. And lets the SDK find
 * its workflow thread under the name it has here.
 */
function withoutBundler() {
  return {
    name: 'without-bundler',
    setup(build) {
      build.onLoad({ filter: /@temporalio\/worker\/lib\/workflow\/bundler\.js$/ }, () => ({
        contents: `
        exports.defaultWorkflowInterceptorModules = [];
        exports.bundleWorkflowCode = exports.WorkflowCodeBundler = function () {
          throw new Error('cannot bundle workflows in a built worker (build.mjs does it)');
        };`,
      }));
      build.onLoad({ filter: /@temporalio\/worker\/lib\/workflow\/threaded-vm\.js$/ }, ({ path }) => {
        const original = readFileSync(path, 'utf8');
        const contents = original.replace(
          "require.resolve('./workflow-worker-thread')",
          "require.resolve('./workflow-thread.mjs')",
        );
        if (contents === original) throw new Error(`cannot find where the SDK starts its workflow thread in ${path}`);
        return { contents };
      });
    },
  };
}

async function bundleWorkflows(out) {
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };
  const { kitBundleOptions } = await import('temporal-worker-kit/bundle');
  const workflowsPath = join(here, 'src/workflows.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, ...kitBundleOptions(), logger: quiet });
  writeFileSync(join(out, 'workflow-bundle.js'), code);
}

/** Two files that the SDK opens by path: its native library, and the reader of source maps for stack traces. */
function copyBinaries(out) {
  const fromWorker = createRequire(join(packageDir('@temporalio/worker'), 'package.json'));
  const { getPrebuiltPath, getPrebuiltTargetName } = require(
    join(packageDir('@temporalio/core-bridge', fromWorker), 'common.js'),
  );
  const target = join(out, 'releases', getPrebuiltTargetName(), 'index.node');
  mkdirSync(dirname(target), { recursive: true });
  cpSync(getPrebuiltPath(), target, { mode: constants.COPYFILE_FICLONE });
  cpSync(join(packageDir('source-map', fromWorker), 'lib/mappings.wasm'), join(out, 'mappings.wasm'));
}
