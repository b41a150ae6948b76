import { fingerprint, type Token, type TokenSource } from './token.ts';

/** Where the refresher says what it did. */
export interface AuthLog {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

/** A token is replaced when a fifth of its life is left, but never more often than once a second. */
const shareOfLife = 0.8;
const shortestMs = 1000;
const longestBackoffMs = 60_000;

export interface TokenRefresherOptions {
  readonly source: TokenSource;
  /** How long a token is used at most. */
  readonly refreshIntervalMs: number;
  readonly log: AuthLog;
}

/** Holds a valid token and replaces it before it expires. A failure is retried while the old token lives on. */
export class TokenRefresher {
  readonly #options: TokenRefresherOptions;
  readonly #listeners = new Set<(token: Token) => unknown>();
  #token: Token;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: TokenRefresherOptions, token: Token) {
    this.#options = options;
    this.#token = token;
  }

  /** Gets the first token; throws when that fails. */
  static async start(options: TokenRefresherOptions): Promise<TokenRefresher> {
    const refresher = new TokenRefresher(options, await options.source());
    refresher.#announce();
    refresher.#plan(refresher.#delay());
    return refresher;
  }

  get token(): Token {
    return this.#token;
  }

  /** Calls `listener` with each new token from now on, until the returned function is called. */
  onToken(listener: (token: Token) => unknown): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #plan(delayMs: number, backoffMs = shortestMs): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#refresh(backoffMs), delayMs).unref();
  }

  async #refresh(backoffMs: number): Promise<void> {
    const { source, log } = this.#options;
    try {
      const token = await source();
      if (this.#closed) return;
      this.#token = token;
      this.#announce();
      await Promise.all([...this.#listeners].map((listener) => listener(token)));
      this.#plan(this.#delay());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn('token not refreshed', { reason, retryInSeconds: backoffMs / 1000, ...this.#expiry() });
      this.#plan(backoffMs, Math.min(backoffMs * 2, longestBackoffMs));
    }
  }

  #delay(): number {
    const { refreshIntervalMs } = this.#options;
    const life = this.#token.expiresAt === undefined ? Infinity : this.#token.expiresAt - Date.now();
    return Math.max(Math.min(refreshIntervalMs, life * shareOfLife), shortestMs);
  }

  #announce(): void {
    this.#options.log.info('token received', { fingerprint: fingerprint(this.#token), ...this.#expiry() });
  }

  #expiry(): Record<string, unknown> {
    return this.#token.expiresAt === undefined ? {} : { expires: new Date(this.#token.expiresAt).toISOString() };
  }
}
