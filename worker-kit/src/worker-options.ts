import { readFile } from 'node:fs/promises';
import type { WorkerOptions } from '@temporalio/worker';
import { failureConverterPath, workflowErrorsPath } from './bundle.ts';
import { EncryptionCodec } from './encryption/codec.ts';
import type { SentryReporter } from './sentry/reporter.ts';
import type { WorkerSettings } from './settings/settings.ts';

/** What the environment decides, and a program therefore does not pass. */
type FromEnvironment = 'connection' | 'namespace' | 'taskQueue' | 'identity' | 'workerDeploymentOptions';

/** The SDK's own options, of which those that a program gives win over what the kit would choose. */
export interface ProgramOptions extends Omit<WorkerOptions, FromEnvironment> {
  /** What a versioned worker does with workflows that declare nothing. Default `AUTO_UPGRADE`, as without versions. */
  readonly defaultVersioningBehavior?: 'AUTO_UPGRADE' | 'PINNED';
}

/** Joins a program's options and the environment's. Throws a sentence when a key or a file is of no use. */
export async function workerOptions(
  program: ProgramOptions,
  settings: WorkerSettings,
  sentry: SentryReporter | undefined,
): Promise<Omit<WorkerOptions, 'connection'>> {
  const { defaultVersioningBehavior = 'AUTO_UPGRADE', ...given } = program;
  const { deployment } = settings;
  const encrypted = settings.encryptionKeys.length > 0;
  return {
    ...shutdownTimes(settings.stopTimeoutMs),
    ...given,
    namespace: settings.namespace,
    taskQueue: settings.taskQueue,
    ...(settings.identity && { identity: settings.identity }),
    ...(deployment && {
      workerDeploymentOptions: {
        version: { deploymentName: deployment.name, buildId: deployment.buildId },
        useWorkerVersioning: true,
        defaultVersioningBehavior,
      },
    }),
    dataConverter: {
      ...(encrypted && { failureConverterPath: failureConverterPath() }),
      ...given.dataConverter,
      // Last, so that what the program's own codecs wrote is encrypted as well.
      payloadCodecs: [...(given.dataConverter?.payloadCodecs ?? []), new EncryptionCodec(settings.encryptionKeys)],
    },
    ...(given.workflowBundle && { workflowBundle: await bundleFor(given.workflowBundle, encrypted) }),
    interceptors: {
      ...given.interceptors,
      activity: [...(given.interceptors?.activity ?? []), ...(sentry ? [sentry.activity] : [])],
      ...(given.workflowsPath && { workflowModules: workflowModules(given, sentry) }),
    },
    // Bundles have the interceptor in any case, so its sink is there in any case.
    sinks: { ...given.sinks, ...(sentry?.sinks ?? { temporalWorkerKit: { workflowFailed: { fn: () => {} } } }) },
  };
}

function workflowModules(given: Partial<WorkerOptions>, sentry: SentryReporter | undefined): string[] {
  const own = sentry && workflowErrorsPath();
  return [...(given.interceptors?.workflowModules ?? []), ...(own ? [own] : [])];
}

/**
 * When running activities are cancelled and when the process gives up, so that both happen before the supervisor's
 * SIGKILL: 20 and 25 s of the charm's default of 30 s.
 */
function shutdownTimes(stopTimeoutMs: number): { shutdownGraceTime: number; shutdownForceTime: number } {
  return {
    shutdownGraceTime: Math.floor(stopTimeoutMs - Math.min(10_000, stopTimeoutMs / 3)),
    shutdownForceTime: Math.floor(stopTimeoutMs - Math.min(5000, stopTimeoutMs / 6)),
  };
}

/** A bundle carries the failure converter whether it is wanted or not; this switch tells it that it is not. */
async function bundleFor(
  bundle: NonNullable<WorkerOptions['workflowBundle']>,
  encrypted: boolean,
): Promise<typeof bundle> {
  if (encrypted) return bundle;
  const code = 'codePath' in bundle ? await readFile(bundle.codePath, 'utf8') : bundle.code;
  return { code: `globalThis.__temporalWorkerKitPlainFailures=true;${code}` };
}
