import * as http from 'node:http';
import * as https from 'node:https';
import { KitError } from '../kit-error.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

const timeoutMs = 15_000;
/** No token or macaroon is nearly as large. */
const maxBytes = 1 << 20;

/**
 * One request, not followed when it is redirected. Goes through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and
 * `NO_PROXY` name (with Node 24.5 or newer). Throws a sentence when there is no answer.
 */
export async function send(request: HttpRequest): Promise<HttpResponse> {
  const url = new URL(request.url);
  const transport = url.protocol === 'https:' ? https : http;
  const agent = new transport.Agent({ proxyEnv: process.env });
  const body = request.form && new URLSearchParams(request.form).toString();
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...request.headers,
  };
  try {
    return await new Promise<HttpResponse>((resolve, reject) => {
      const options = { agent, method: request.method ?? 'GET', headers, signal: AbortSignal.timeout(timeoutMs) };
      const call = transport.request(url, options, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxBytes) response.destroy(new Error('the answer is larger than 1 MiB'));
          else chunks.push(chunk);
        });
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
        response.once('error', reject);
      });
      call.once('error', reject);
      call.end(body);
    });
  } catch (error) {
    throw new KitError(`cannot reach "${withoutQuery(url)}": ${reasonOf(error)}`, { cause: error });
  } finally {
    agent.destroy();
  }
}

/** The answer's body as JSON; throws a sentence when it is none. */
export function parseJson(body: string, from: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new KitError(`cannot read the answer of "${from}": it is not JSON`);
  }
}

function withoutQuery(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer in ${timeoutMs / 1000} s`;
  return error.message || ('code' in error ? String(error.code) : error.name);
}
