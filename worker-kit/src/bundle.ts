import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A module of the kit that the SDK loads by its path: source here, JavaScript in the published package. */
function modulePath(name: string): string {
  const source = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

/** Reports the errors of workflows. */
export const workflowErrorsPath = modulePath('sentry/workflow-errors');
/** Hides the messages and stack traces of failures. */
export const failureConverterPath = modulePath('encryption/failure-converter');

/**
 * For a workflow bundle that is built ahead: `bundleWorkflowCode({ workflowsPath, ...kitBundleOptions() })`. Without it,
 * errors of workflows do not reach Sentry, and their failures stay plain when payloads are encrypted.
 */
export function kitBundleOptions(): { workflowInterceptorModules: string[]; failureConverterPath: string } {
  return { workflowInterceptorModules: [workflowErrorsPath], failureConverterPath };
}
