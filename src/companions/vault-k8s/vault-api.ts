import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Our server, on 127.0.0.1. */
export interface VaultServer {
  readonly port: number;
  /** The unit's own directory, in which `ca.pem` is. */
  readonly dataDir: string;
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without the leading `/v1/`, already encoded. */
  readonly path: string;
  readonly token?: string;
  readonly body?: unknown;
}

/** What Vault says to an honest question; the shape depends on the path. */
export type Answer = Readonly<Record<string, unknown>>;

/** Vault said no, or nothing. The message is Vault's own, and holds nothing that was sent. */
export class VaultRefusal extends Error {
  override readonly name = 'VaultRefusal';
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, said: string) {
    super(said);
    this.status = status;
  }
}

/** How long one answer may take. */
const timeoutMs = 10_000;

export const authorityFile = (dataDir: string): string => join(dataDir, 'ca.pem');

/**
 * Asks our own Vault over TLS, verified by its own authority. Without a client library: they take their token, their
 * namespace and their proxy from the environment, which here is that of the user's shell. Rejects with `VaultRefusal`.
 */
export async function ask(server: VaultServer, question: Question): Promise<Answer> {
  const { status, text } = await exchange(server, question);
  const body = parse(text);
  if (status >= 200 && status < 300) return body;
  const errors = Array.isArray(body.errors) ? body.errors.filter((one) => typeof one === 'string') : [];
  throw new VaultRefusal(status, errors.join('; ').replaceAll(/\s+/g, ' ').trim() || `status ${status}`);
}

/** `down`: nothing answers, or no Vault with our certificate. */
export type VaultState = 'down' | 'uninitialised' | 'sealed' | 'unsealed';

/** Vault's own statuses of its health. A standby does not exist here. */
const states: Readonly<Record<number, VaultState>> = { 200: 'unsealed', 501: 'uninitialised', 503: 'sealed' };

/** How the server is now. Never rejects. */
export async function vaultState(server: VaultServer): Promise<VaultState> {
  try {
    return states[(await exchange(server, { method: 'GET', path: 'sys/health' })).status] ?? 'down';
  } catch {
    return 'down';
  }
}

/** Waits until the server answers at all. There is no event for it, so it is asked 10 times a second. */
export async function waitForVault(server: VaultServer, timeoutMs: number): Promise<VaultState> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const state = await vaultState(server);
    if (state !== 'down' || Date.now() >= deadline) return state;
    await sleep(100);
  }
}

async function exchange({ port, dataDir }: VaultServer, { method, path, token, body }: Question) {
  const ca = await readFile(authorityFile(dataDir), 'utf8');
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const asking = request({
      host: '127.0.0.1',
      port,
      path: `/v1/${path}`,
      method,
      ca,
      agent: false,
      timeout: timeoutMs,
      headers: {
        'X-Vault-Request': 'true',
        ...(token !== undefined && { 'X-Vault-Token': token }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
    });
    asking.once('timeout', () => asking.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    asking.on('error', (error) => reject(new VaultRefusal(0, error.message)));
    asking.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => reject(new VaultRefusal(0, error.message)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parse(text: string): Answer {
  try {
    const body: unknown = JSON.parse(text || '{}');
    return typeof body === 'object' && body !== null ? (body as Answer) : {};
  } catch {
    return {};
  }
}
