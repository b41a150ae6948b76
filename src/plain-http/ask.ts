import { request } from './plain-http.ts';

/** What a server said. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Question {
  /** How long the whole may take. */
  readonly timeoutMs: number;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** An answer of more characters is refused; without it any length will do. */
  readonly longest?: number;
}

/** A server's address: `http://…`, or its parts. */
export type Place = string | { readonly host: string; readonly port: number; readonly path: string };

/** Asks over HTTP, over a connection of its own. Rejects when there is no answer in time, or a longer one than is wanted. */
export function ask(place: Place, { timeoutMs, method = 'GET', headers, body, longest }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers }, signal: AbortSignal.timeout(timeoutMs), agent: false };
    const sent = typeof place === 'string' ? request(place, options) : request({ ...place, ...options });
    sent.once('error', reject).once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (longest !== undefined && text.length > longest) {
          response.destroy(new Error(`the answer is longer than ${longest} characters`));
        }
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text })).once('error', reject);
    });
    sent.end(body);
  });
}
