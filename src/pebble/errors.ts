/** Pebble understood the request and refused it. */
export class PebbleApiError extends Error {
  override readonly name = 'PebbleApiError';
  /** HTTP status, for example 404. */
  readonly statusCode: number;
  /** Pebble's `kind`, for example `not-found`; empty where Pebble gives none. */
  readonly kind: string;

  constructor(message: string, of: { statusCode: number; kind?: string | undefined }) {
    super(message);
    this.statusCode = of.statusCode;
    this.kind = of.kind ?? '';
  }
}

/** Nobody answered on the socket, or whoever did hung up or took too long. `code` is Node's, for example `ENOENT`. */
export class PebbleConnectionError extends Error {
  override readonly name = 'PebbleConnectionError';
  readonly code: string;

  constructor(message: string, options: { code: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}
