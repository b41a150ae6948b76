import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../worker-kit/certificates.ts';

/** A stand-in for Vault over TLS with a CA of its own: AppRole, and one KV version 2 store. */
export interface FakeVault {
  readonly url: string;
  readonly ca: string;
  /** Values by path and key. */
  readonly store: Record<string, Record<string, unknown>>;
  /** `method path` of every request. */
  readonly requests: string[];
  /** Answers every request so, while it is set. */
  trouble:
    | { readonly status: number; readonly errors: readonly string[] }
    | { readonly text: string }
    | 'silent'
    | null;
  /** The role's credentials are valid no more. */
  revoked: boolean;
  /** Logins refused since one was let in; after five the role is locked for good. */
  refused: number;
  /** Refuses every write. */
  readOnly: boolean;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const mount = 'charm-w-w';
export const role = { 'role-id': 'the-role', 'role-secret-id': 'hunter2-role-secret' };
const token = 'hvs.hunter2-token';

export async function fakeVault(of: { readonly mount?: string } = {}): Promise<FakeVault> {
  const directory = mkdtempSync(join(tmpdir(), 'fake-vault-'));
  const { ca, server: tls } = await makeCertificates(directory, 'vault').finally(() =>
    rmSync(directory, { recursive: true }),
  );
  const versions: Record<string, number> = {};
  const data = new RegExp(`^/v1/${of.mount ?? mount}/data/(.+)$`);
  const server = createServer({ cert: tls.cert, key: tls.key }, async (request, response) => {
    const body = await bodyOf(request);
    vault.requests.push(`${request.method} ${request.url}`);
    if (vault.trouble === 'silent') return;
    if (vault.trouble !== null && 'text' in vault.trouble) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(vault.trouble.text);
      return;
    }
    const [status, answer] = answerTo(request, body);
    reply(response, status, answer);
  });

  function answerTo(request: IncomingMessage, body: unknown): readonly [number, object] {
    if (vault.trouble !== null && typeof vault.trouble === 'object' && 'status' in vault.trouble)
      return [vault.trouble.status, { errors: vault.trouble.errors }];
    if (request.url === '/v1/auth/approle/login') {
      const { role_id, secret_id } = body as Record<string, unknown>;
      if (vault.refused >= 5) return [403, { errors: ['permission denied'] }];
      const good = role_id === role['role-id'] && secret_id === role['role-secret-id'] && !vault.revoked;
      vault.refused = good ? 0 : vault.refused + 1;
      return good ? [200, { auth: { client_token: token } }] : [400, { errors: ['invalid role or secret ID'] }];
    }
    if (request.headers['x-vault-token'] !== token) return [403, { errors: ['permission denied'] }];
    const path = decodeURIComponent(data.exec(request.url?.split('?')[0] ?? '')?.[1] ?? '');
    if (path === '') return [403, { errors: ['1 error occurred: permission denied'] }];
    if (request.method === 'GET') {
      const found = vault.store[path];
      if (found === undefined) return [404, { errors: [] }];
      return [200, { data: { data: found, metadata: { version: versions[path] ?? 1 } } }];
    }
    if (request.method !== 'POST') return [405, { errors: [] }];
    if (vault.readOnly) return [403, { errors: ['1 error occurred: permission denied'] }];
    return write(path, body as { options?: { cas?: number }; data: Record<string, unknown> });
  }

  function write(path: string, body: { options?: { cas?: number }; data: Record<string, unknown> }) {
    const current = vault.store[path] === undefined ? 0 : (versions[path] ?? 1);
    if (body.options?.cas !== undefined && body.options.cas !== current)
      return [400, { errors: ['check-and-set parameter did not match the current version'] }] as const;
    vault.store[path] = body.data;
    versions[path] = current + 1;
    return [200, { data: { version: current + 1 } }] as const;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const vault: FakeVault = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca,
    store: {},
    requests: [],
    trouble: null,
    revoked: false,
    refused: 0,
    readOnly: false,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    [Symbol.asyncDispose]: () => vault.close(),
  };
  return vault;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString());
}

function reply(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
