import type { ConfigValue } from '../hook/model.ts';
import { defaultLoggingConfig, refuseLoggingConfig } from './logging-config.ts';

interface ModelOption {
  readonly default: ConfigValue;
  /** Says what is wrong with a value of the right type; undefined when nothing is. */
  readonly refuse?: (value: ConfigValue) => string | undefined;
}

/** The keys of a model's configuration that change something here, with Juju's defaults. */
export const modelOptions: Readonly<Record<string, ModelOption>> = {
  'automatically-retry-hooks': { default: true },
  'default-base': { default: '' },
  'ftp-proxy': { default: '' },
  'http-proxy': { default: '' },
  'https-proxy': { default: '' },
  'juju-ftp-proxy': { default: '' },
  'juju-http-proxy': { default: '' },
  'juju-https-proxy': { default: '' },
  'juju-no-proxy': { default: '127.0.0.1,localhost,::1' },
  'logging-config': { default: defaultLoggingConfig, refuse: refuseLoggingConfig },
  'no-proxy': { default: '127.0.0.1,localhost,::1' },
  'update-status-hook-interval': { default: '5m', refuse: refuseInterval },
};

/** Whether the key is one of those that reach a dispatch as its proxies. */
export function isProxyOption(key: string): boolean {
  return /^(juju-)?(http|https|ftp|no)-proxy$/.test(key);
}

/** Milliseconds of a Go duration such as `1h30m`, `500ms` or `1.5s`; null for any other text. */
export function parseGoDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!/^([0-9]+(\.[0-9]*)?(ms|s|m|h))+$/.test(text)) return null;
  const unit: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  let total = 0;
  for (const [, number, , name] of text.matchAll(/([0-9]+(\.[0-9]*)?)(ms|s|m|h)/g))
    total += Number(number) * unit[name!]!;
  return total;
}

function refuseInterval(value: ConfigValue): string | undefined {
  const ms = parseGoDuration(String(value));
  if (ms === null)
    return `invalid update status hook interval in model configuration: time: invalid duration "${value}"`;
  if (ms < 60_000) return `update status hook frequency ${value} cannot be less than 1m`;
  if (ms > 3_600_000) return `update status hook frequency ${value} cannot be greater than 60m`;
  return undefined;
}
