import { BlockList, isIP } from 'node:net';
import { splitAddress } from './address.ts';
import { type Env, type Environment, namesOf } from './environment.ts';

/** An HTTP CONNECT proxy. */
export interface ProxySettings {
  /** `host:port`. */
  readonly host: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** The proxy between this process and the Temporal server, if any. */
export function readProxy(
  environment: Environment,
  server: { address: string; tls: boolean },
): ProxySettings | undefined {
  const username = environment.get('proxyUsername');
  const password = environment.get('proxyPassword');
  if (password && !username)
    environment.problem(`cannot use ${namesOf('proxyPassword')} without ${namesOf('proxyUsername')}`);
  const own = environment.parse('proxyHost', parseProxy);
  if (own) return username ? { ...own, credentials: { username, password: password ?? '' } } : own;
  const { variables } = environment;
  const [lower, upper] = server.tls
    ? (['https_proxy', 'HTTPS_PROXY'] as const)
    : (['http_proxy', 'HTTP_PROXY'] as const);
  const general = variables[lower] || variables[upper];
  if (!general || isDirect(splitAddress(server.address), variables)) return undefined;
  try {
    return parseProxy(general);
  } catch (error) {
    environment.problem(`cannot use ${upper}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** `host:port`, `http://host:port` or `http://user:password@host:port`. Throws a reason that shows no password. */
function parseProxy(text: string): ProxySettings {
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (!url?.hostname || url.protocol !== 'http:')
    throw new Error('it is no HTTP proxy (host:port or http://host:port)');
  const host = `${url.hostname}:${url.port || 80}`;
  if (url.username === '') return { host };
  return {
    host,
    credentials: { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
  };
}

/**
 * Does the server lie where no proxy leads? This machine and services of the same cluster always do; beyond them
 * `NO_PROXY` tells: `*`, names, domains, addresses and ranges, each with a port or without, as curl and Go read it.
 */
export function isDirect(server: { readonly host: string; readonly port: number }, env: Env): boolean {
  const host = server.host.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || /^127\./.test(host) || /\.svc(\.cluster\.local)?$/.test(host))
    return true;
  const entries = (env.no_proxy || env.NO_PROXY || '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return entries.some((entry) => matches(entry, host, server.port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const [, name = entry, wantedPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (wantedPort && Number(wantedPort) !== port) return false;
  if (name.includes('/')) return inRange(name, host);
  const domain = name.replace(/^\[|\]$|^\*?\.(?=.)/g, '');
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function inRange(range: string, host: string): boolean {
  const [network = '', bits] = range.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family) return false;
  const list = new BlockList();
  try {
    list.addSubnet(network, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  } catch {
    return false;
  }
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
