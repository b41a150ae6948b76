import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KitError } from './kit-error.ts';

/** The first of these files beside this module: as source, as published, or as a program's own bundler made it. */
function fileBeside(names: readonly string[]): string | undefined {
  return names.map((name) => fileURLToPath(new URL(name, import.meta.url))).find((path) => existsSync(path));
}

function module(name: string): string[] {
  return [`./${name}.ts`, `./${name}.js`];
}

/** The module that hides the messages and stack traces of failures. Throws when a bundled program lacks it. */
export function failureConverterPath(): string {
  const path = fileBeside([...module('encryption/failure-converter'), './failure-converter.cjs']);
  if (path) return path;
  throw new KitError(
    `cannot encrypt the messages of failures: failure-converter.cjs is not beside ${fileURLToPath(import.meta.url)} (let the program's bundler make it from temporal-worker-kit/failure-converter)`,
  );
}

/** The workflow interceptor that reports errors; absent in a bundled program, whose workflows were bundled with it. */
export function workflowErrorsPath(): string | undefined {
  return fileBeside(module('sentry/workflow-errors'));
}

/**
 * For a workflow bundle that is built ahead: `bundleWorkflowCode({ workflowsPath, ...kitBundleOptions() })`. Without it,
 * errors of workflows do not reach Sentry, and their failures stay plain when payloads are encrypted.
 */
export function kitBundleOptions(): { workflowInterceptorModules: string[]; failureConverterPath: string } {
  const interceptors = workflowErrorsPath();
  return {
    workflowInterceptorModules: interceptors ? [interceptors] : [],
    failureConverterPath: failureConverterPath(),
  };
}
