import { PebbleApiError } from './errors.ts';
import { multipartBoundary, parseMultipart, renderMultipart } from './multipart.ts';
import { openResponse, readBody, readEnvelope, sendJson } from './request.ts';
import type { FileInfo, Owner } from './types.ts';

/** Options of a file written through the API. */
export interface PushOptions extends Owner {
  /** Make missing parents, mode 755. */
  readonly makeDirs?: boolean;
  /** Three octal digits; 644 when absent. */
  readonly permissions?: string;
}

/** Options of a directory made through the API. */
export interface MakeDirOptions extends Owner {
  readonly makeParents?: boolean;
  /** Three octal digits; 755 when absent. */
  readonly permissions?: string;
}

interface FileResult {
  readonly path: string;
  readonly error?: { readonly message: string; readonly kind?: string };
}

/** The calls of Pebble's files API on one socket. Paths are absolute and as the workload sees them. */
export function filesApi(socket: string, timeoutMs: number) {
  const postJson = async (body: object): Promise<void> => {
    const envelope = await sendJson(socket, {
      method: 'POST',
      path: '/v1/files',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs,
    });
    throwFirst(envelope.result);
  };
  return {
    /** Writes a file atomically. */
    async push(path: string, content: string | Buffer, options: PushOptions = {}): Promise<void> {
      const { makeDirs, permissions, ...owner } = options;
      const file = { path, 'make-dirs': makeDirs ?? false, ...(permissions ? { permissions } : {}), ...owner };
      const { contentType, body } = renderMultipart([
        { name: 'request', content: Buffer.from(JSON.stringify({ action: 'write', files: [file] })) },
        { name: 'files', filename: path, content: Buffer.from(content) },
      ]);
      const headers = { 'Content-Type': contentType };
      const envelope = await sendJson(socket, { method: 'POST', path: '/v1/files', headers, body, timeoutMs });
      throwFirst(envelope.result);
    },

    /** The content of a regular file. */
    async pull(path: string): Promise<Buffer> {
      const response = await openResponse(socket, {
        method: 'GET',
        path: `/v1/files?${new URLSearchParams({ action: 'read', path })}`,
        headers: { Accept: 'multipart/form-data' },
        timeoutMs,
      });
      const body = await readBody(socket, response);
      const boundary = multipartBoundary(response.headers['content-type']);
      const statusCode = response.statusCode ?? 0;
      if (boundary === null) {
        readEnvelope(body, statusCode);
        throw new PebbleApiError("expected a multipart response but didn't get one", { statusCode });
      }
      const parts = parseMultipart(body, boundary);
      const last = parts.at(-1);
      if (last?.name !== 'response') throw new PebbleApiError('no "response" part in the answer', { statusCode });
      throwFirst(readEnvelope(last.content, statusCode).result);
      const file = parts.find((part) => part.name === 'files');
      if (!file) throw new PebbleApiError(`no content for "${path}" in the answer`, { statusCode });
      return file.content;
    },

    /** A directory's entries, sorted by name; with `itself` the one entry of the path. */
    async list(path: string, options: { pattern?: string; itself?: boolean } = {}): Promise<FileInfo[]> {
      const query = new URLSearchParams({ action: 'list', path });
      if (options.pattern !== undefined) query.set('pattern', options.pattern);
      if (options.itself) query.set('itself', 'true');
      const envelope = await sendJson(socket, { method: 'GET', path: `/v1/files?${query}`, timeoutMs });
      return (envelope.result ?? []) as FileInfo[];
    },

    async makeDir(path: string, options: MakeDirOptions = {}): Promise<void> {
      const { makeParents, permissions, ...owner } = options;
      const dir = { path, 'make-parents': makeParents ?? false, ...(permissions ? { permissions } : {}), ...owner };
      await postJson({ action: 'make-dirs', dirs: [dir] });
    },

    /** A missing path is an error of kind `not-found`, except when `recursive`. */
    async remove(path: string, options: { recursive?: boolean } = {}): Promise<void> {
      await postJson({ action: 'remove', paths: [{ path, recursive: options.recursive ?? false }] });
    },
  };
}

/** Pebble answers 200 and puts what went wrong beside each path. */
function throwFirst(result: unknown): void {
  for (const { error } of (result ?? []) as FileResult[]) {
    if (error) throw new PebbleApiError(error.message, { statusCode: statusOf(error.kind), kind: error.kind });
  }
}

function statusOf(kind: string | undefined): number {
  if (kind === 'not-found') return 404;
  return kind === 'permission-denied' ? 403 : 400;
}
