export { EncryptionCodec, PayloadDecryptionError } from './encryption/codec.ts';
export { type EncryptionKey, parseKeyRing } from './encryption/key-ring.ts';
export type { HealthReport, WorkloadMetrics } from './health.ts';
export { KitError } from './kit-error.ts';
export { KitWorker, type KitWorkerOptions } from './kit-worker.ts';
export { lineLogger } from './logger.ts';
export { oneLine } from './one-line.ts';
export type { PollerEvidence } from './poller-evidence.ts';
export { runWorker } from './run-worker.ts';
export { type Env, SettingsError } from './settings/environment.ts';
export {
  type ConnectionSettings,
  readConnectionSettings,
  readWorkerSettings,
  type WorkerSettings,
} from './settings/settings.ts';
export type { ProgramOptions } from './worker-options.ts';
