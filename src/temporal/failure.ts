/** Why nothing could be learnt of a Temporal server, told apart by what it means for a worker. */
export type Failure =
  /** Nobody answers there: whoever shares the charm's network cannot reach it either. */
  | { readonly outcome: 'unreachable'; readonly why: string }
  | { readonly outcome: 'namespace not found' }
  /** The charm cannot know: it was denied, it lacks what the connection needs, or the server failed. */
  | { readonly outcome: 'unknown'; readonly why: string };

/** gRPC's status codes as far as they are told apart. */
const codes = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** What the system says, in words for people. Whoever meets one of these did not get as far as a server. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host name cannot be resolved',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no answer',
};

/** The gRPC status code of a client's error; -1 when it has none. */
export function grpcCode(error: unknown): number {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'number' ? code : -1;
}

/** Older servers answer a question that they do not know in one of these two ways. */
export function isNotUnderstood(code: number): boolean {
  return code === codes.unimplemented || code === codes.invalidArgument;
}

/** What an error of a call means; `timeoutMs` is how long the call was given. */
export function failureOf(error: unknown, timeoutMs: number): Failure {
  const { details, message } = error as { readonly details?: string; readonly message: string };
  const text = (details || message).replaceAll(/\s+/g, ' ').trim();
  switch (grpcCode(error)) {
    case codes.notFound:
      return { outcome: 'namespace not found' };
    case codes.permissionDenied:
    case codes.unauthenticated:
      return { outcome: 'unknown', why: `the server denied the question: ${text}` };
    case codes.deadlineExceeded:
      return silence(text, `no answer within ${timeoutMs / 1000} s`);
    case codes.unavailable:
      return notConnected(text);
    default:
      return { outcome: 'unknown', why: `the server did not tell: ${text}` };
  }
}

/** The client names the address that it waits for an answer of, once it has a connection. */
function silence(text: string, why: string): Failure {
  const connected = text.includes('remote_addr=');
  return connected ? { outcome: 'unknown', why: `the server did not tell: ${why}` } : { outcome: 'unreachable', why };
}

function notConnected(text: string): Failure {
  const code = Object.keys(reasons).find((name) => text.includes(name));
  if (code !== undefined) return { outcome: 'unreachable', why: reasons[code] ?? code };
  if (text.startsWith('Name resolution failed')) return { outcome: 'unreachable', why: 'host not found' };
  // A connection that breaks before it is one: the other side expects TLS or does not, or its CA is not known here.
  const [, last = text] = /Last error: (.*?)\.?(?: Resolution note:.*)?$/.exec(text) ?? [];
  return { outcome: 'unknown', why: `no gRPC connection could be made: ${inShort(last)}` };
}

/** Without the time, which would make a new text of every look, and without where in OpenSSL it happened. */
function inShort(error: string): string {
  const [, ssl] = /SSL routines:[^:]*:([^:]+)/.exec(error) ?? [];
  return ssl ?? error.replace(/ \(\d{4}-[^)]*\)$/, '').replace(/^Error: /, '');
}
