import { parseDuration } from './duration.ts';
import { type HostPort, parseHost } from './host.ts';
import { logLevels, providerOptions, renderedOptions, sdkMetricsPort } from './options.ts';
import { lasting, type Problem } from './problem.ts';
import type { Config } from './types.ts';
import { isSecretId } from './user-secrets/secret-id.ts';

/** The options that the charm itself acts on, read and checked. */
export interface Settings {
  /** As configured. */
  readonly host: string;
  readonly address: HostPort;
  readonly namespace: string;
  readonly queue: string;
  readonly stopTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly pollerEvidence: 'auto' | 'required' | 'off';
  readonly workloadPrometheusPort: number | null;
  /** Empty: no such secret. */
  readonly authSecretId: string;
  readonly tlsSecretId: string;
  readonly apiKeySecretId: string;
  /** What a worker does that has new certificates. */
  readonly tlsRotation: 'restart' | 'signal' | 'none';
}

/** Juju kills a pod 5 minutes after it asked it to end, so a longer drain would be cut short. */
const longestStopMs = 300_000;
const longestStartMs = 300_000;

/** Every problem that the options have, in the order in which charm 1.0 looks for them and in its words; empty when all is well. */
export function configProblems(config: Config): readonly Problem[] {
  const problems = [
    ...logLevelProblems(config),
    ...missing(config, ['host', 'namespace', 'queue']),
    ...authProblems(config),
    ...sentryProblems(config),
    ...ownProblems(config),
  ];
  return problems.map(lasting);
}

/** The options as settings. Call it only when `configProblems` finds nothing. */
export function readSettings(config: Config): Settings {
  const host = text(config, 'host');
  const port = config['workload-prometheus-port'];
  return {
    host,
    address: parseHost(host) ?? { host, port: 0 },
    namespace: text(config, 'namespace'),
    queue: text(config, 'queue'),
    stopTimeoutMs: parseDuration(text(config, 'stop-timeout', '30s')) ?? 30_000,
    startTimeoutMs: parseDuration(text(config, 'start-timeout', '15s')) ?? 15_000,
    pollerEvidence: text(config, 'poller-evidence', 'auto') as Settings['pollerEvidence'],
    workloadPrometheusPort: typeof port === 'number' ? port : null,
    authSecretId: text(config, 'auth-secret-id'),
    tlsSecretId: text(config, 'tls-secret-id'),
    apiKeySecretId: text(config, 'api-key-secret-id'),
    tlsRotation: text(config, 'tls-rotation', 'restart') as Settings['tlsRotation'],
  };
}

function logLevelProblems(config: Config): string[] {
  const level = text(config, 'log-level', 'info').toLowerCase();
  return logLevels.includes(level) ? [] : [`config: invalid log level '${level}'`];
}

function missing(config: Config, names: readonly string[]): string[] {
  return names
    .filter((name) => text(config, name).trim() === '')
    .map((name) => `Invalid config: ${name} value missing`);
}

function authProblems(config: Config): string[] {
  const provider = text(config, 'auth-provider');
  // The secret stands for all of these options, whatever they say.
  if (provider === '' || text(config, 'auth-secret-id') !== '') return [];
  const needed = Object.hasOwn(providerOptions, provider) ? providerOptions[provider] : undefined;
  return needed === undefined ? ['Invalid config: auth-provider not supported'] : missing(config, needed);
}

function sentryProblems(config: Config): string[] {
  if (text(config, 'sentry-dsn') === '') return [];
  const rate = config['sentry-sample-rate'];
  const fits = typeof rate !== 'number' || (rate >= 0 && rate <= 1);
  return fits ? [] : ['Invalid config: sentry-sample-rate must be between 0 and 1'];
}

function ownProblems(config: Config): string[] {
  const problems: string[] = [];
  const refuse = (name: string, accepted: string) =>
    problems.push(`cannot use config option "${name}": got ${JSON.stringify(config[name])} (${accepted})`);
  const host = text(config, 'host');
  if (host.trim() !== '' && parseHost(host) === null) refuse('host', 'host or host:port, without a scheme');
  const stop = parseDuration(text(config, 'stop-timeout', '30s'));
  if (stop === null || stop > longestStopMs) refuse('stop-timeout', 'a duration from 0s to 5m, such as 30s');
  const start = parseDuration(text(config, 'start-timeout', '15s'));
  if (start === null || start > longestStartMs) refuse('start-timeout', 'a duration from 0s to 5m, such as 15s');
  const evidence = text(config, 'poller-evidence', 'auto');
  if (!['auto', 'required', 'off'].includes(evidence)) refuse('poller-evidence', 'auto, required or off');
  const port = config['workload-prometheus-port'];
  if (port !== undefined && !isPort(port)) refuse('workload-prometheus-port', 'a port from 1 to 65535');
  else if (port === sdkMetricsPort)
    refuse('workload-prometheus-port', `another port than ${sdkMetricsPort}, where the worker shows its SDK's metrics`);
  for (const name of ['auth-secret-id', 'tls-secret-id', 'api-key-secret-id']) {
    const id = text(config, name);
    if (id !== '' && !isSecretId(id)) refuse(name, "a secret's id such as secret:d0abc…");
  }
  const rotation = text(config, 'tls-rotation', 'restart');
  if (!['restart', 'signal', 'none'].includes(rotation)) refuse('tls-rotation', 'restart, signal or none');
  for (const name of renderedOptions) {
    if (text(config, name).includes('\0'))
      problems.push(`cannot use config option "${name}": it holds a NUL character`);
  }
  return problems;
}

function isPort(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;
}

function text(config: Config, name: string, otherwise = ''): string {
  const value = config[name];
  return value === undefined ? otherwise : String(value);
}
