/** Temporal's frontend listens there unless told otherwise. */
const temporalPort = 7233;

/** `host` or `host:port` as `host:port`; a bare IPv6 address gets its brackets. Throws a reason. */
export function parseAddress(text: string): string {
  if (text.includes('://')) throw new Error('it is a URL (give host or host:port)');
  const bare = /^[0-9a-fA-F:]+$/.test(text) && text.split(':').length > 2;
  const whole = bare ? `[${text}]` : text;
  const { host, port } = splitAddress(/:\d+$/.test(whole) && !whole.endsWith(']') ? whole : `${whole}:${temporalPort}`);
  assertPort(port);
  if (host === '' || /[\s/:]/.test(host.replace(/^\[.*\]$/, '')))
    throw new Error('it is no address (host or host:port)');
  return `${host}:${port}`;
}

/** `address:port` to listen on; a port alone, or `:port`, means `own`, by default this machine only. Throws a reason. */
export function parseBindAddress(text: string, own = '127.0.0.1'): string {
  const whole = /^:?\d+$/.test(text) ? `${own}:${text.replace(':', '')}` : text;
  const { host, port } = splitAddress(whole);
  assertPort(port);
  if (host === '') throw new Error('it is no address to listen on (address:port)');
  return whole;
}

/** Splits at the last colon, so that an IPv6 address keeps its own; brackets stay on. */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, Math.max(colon, 0)), port: Number(address.slice(colon + 1)) };
}

function assertPort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error('its port is not a number from 1 to 65535');
}
