/** Temporal's frontend port when the option `host` names none. */
export const defaultPort = 7233;

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Reads the option `host`: `name`, `name:port`, `[v6]:port` or a bare IPv6 address. Null when it is none of these. */
export function parseHost(text: string): HostPort | null {
  const bracketed = /^\[([0-9a-fA-F:.%]+)\](?::(\d{1,5}))?$/.exec(text);
  const bare = /^[0-9a-fA-F]*:[0-9a-fA-F.]*:[0-9a-fA-F:.]*$/.test(text) ? [text, text] : null;
  const named = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?)(?::(\d{1,5}))?$/.exec(text);
  const match = bracketed ?? bare ?? named;
  if (match === null) return null;
  const port = match[2] === undefined ? defaultPort : Number(match[2]);
  return port >= 1 && port <= 65535 ? { host: match[1] ?? '', port } : null;
}

/** `host:port` for one who dials it. */
export function renderHost({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
