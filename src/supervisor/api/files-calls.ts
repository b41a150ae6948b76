import { pipeline } from 'node:stream/promises';
import { multipartBoundary, multipartFrame, type Part, parseMultipart } from '../../pebble/multipart.ts';
import { type FileCalls, FileError, type WriteItem } from '../files/file-calls.ts';
import { type Decoded, decodeJson, JsonRefused } from '../json-shape.ts';
import { type Answer, badRequest, type Call, Refusal, readJson, sync } from './answer.ts';
import type { Route } from './server.ts';

const shortestBoundary = 32;

const owner = { 'user-id': 'int', user: 'string', 'group-id': 'int', group: 'string' } as const;
const makeDirsItem = {
  struct: 'makeDirsItem',
  fields: { path: 'string', 'make-parents': 'bool', permissions: 'string', ...owner },
} as const;
const removePathsItem = { struct: 'removePathsItem', fields: { path: 'string', recursive: 'bool' } } as const;
const writeFilesItem = {
  struct: 'writeFilesItem',
  fields: { path: 'string', 'make-dirs': 'bool', permissions: 'string', ...owner },
} as const;
const filesBody = {
  struct: '',
  fields: { action: 'string', dirs: { list: makeDirsItem }, paths: { list: removePathsItem } },
} as const;
const writeBody = { struct: '', fields: { action: 'string', files: { list: writeFilesItem } } } as const;

interface FileResult {
  readonly path: string;
  readonly error?: { readonly message: string; readonly kind: string };
}

/** GET and POST /v1/files. */
export function filesRoutes(files: FileCalls): Route[] {
  return [{ path: '/v1/files', GET: (call) => getFiles(files, call), POST: (call) => postFiles(files, call) }];
}

async function getFiles(files: FileCalls, call: Call): Promise<Answer | null> {
  const { query } = call;
  const action = query.get('action') ?? '';
  if (action === 'list') return list(files, query);
  if (action !== 'read') throw badRequest(`invalid action "${action}"`);
  const paths = query.getAll('path');
  if (paths.length === 0) throw badRequest('must specify one or more paths');
  if (call.request.headers.accept !== 'multipart/form-data') throw badRequest('must accept multipart/form-data');
  return read(files, paths, call);
}

async function list(files: FileCalls, query: URLSearchParams): Promise<Answer> {
  const path = query.get('path') ?? '';
  if (path === '') throw badRequest('must specify path');
  const itself = query.get('itself') ?? '';
  if (!['', 'true', 'false'].includes(itself)) throw badRequest('itself parameter must be "true" or "false"');
  if (!path.startsWith('/')) throw badRequest(`path must be absolute, got "${path}"`);
  try {
    return sync(await files.list(path, { pattern: query.get('pattern') ?? '', itself: itself === 'true' }));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const statusCode = { 'not-found': 404, 'permission-denied': 403, 'generic-file-error': 400 }[error.kind];
    throw new Refusal(statusCode, error.message, error.kind);
  }
}

/**
 * Answers 200 whatever becomes of the single files: the last part says that. A file passes by in pieces, so that its
 * size does not matter.
 */
async function read(files: FileCalls, paths: readonly string[], { response, gone }: Call): Promise<null> {
  const { contentType, head, partEnd, end } = multipartFrame();
  response.writeHead(200, { 'Content-Type': contentType });
  const result: FileResult[] = [];
  for (const path of paths) {
    result.push(
      await resultOf(path, async () => {
        const content = await files.read(path);
        response.write(head({ name: 'files', filename: path }));
        await pipeline(content, response, { end: false });
        response.write(partEnd);
      }),
    );
    if (gone.aborted) return null;
  }
  const envelope = { type: 'sync', 'status-code': 200, status: 'OK', result };
  response.end(head({ name: 'response' }) + JSON.stringify(envelope) + partEnd + end);
  return null;
}

async function postFiles(files: FileCalls, call: Call): Promise<Answer> {
  const contentType = call.request.headers['content-type'] ?? '';
  const media = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!media.includes('/')) throw badRequest(`invalid Content-Type "${contentType}"`);
  if (media === 'multipart/form-data') return write(files, contentType, await call.body());
  if (media !== 'application/json') throw badRequest(`invalid media type "${media}"`);
  const payload = await readJson(call, 'cannot decode request body', filesBody);
  switch (payload.action) {
    case 'make-dirs':
      return sync(await inOrder(withPaths(payload.dirs), (dir) => files.makeDir(dir)));
    case 'remove':
      return sync(
        await inOrder(withPaths(payload.paths), ({ path, recursive = false }) => files.remove(path, recursive)),
      );
    case 'write':
      throw badRequest('must use multipart with "write" action');
    default:
      throw badRequest(`invalid action "${payload.action ?? ''}"`);
  }
}

async function write(files: FileCalls, contentType: string, body: Buffer): Promise<Answer> {
  const boundary = multipartBoundary(contentType) ?? '';
  if (boundary.length < shortestBoundary) throw badRequest(`invalid boundary "${boundary}"`);
  const [first, ...parts] = partsOf(body, boundary);
  if (first?.name !== 'request') throw badRequest(`metadata field name must be "request", got "${first?.name ?? ''}"`);
  const items = readMetadata(first.content);
  const contents = new Map<string, Buffer>();
  for (const part of parts) {
    if (part.name !== 'files') throw badRequest(`field name must be "files", got "${part.name}"`);
    const path = part.filename ?? '';
    if (!items.some((item) => item.path === path)) throw badRequest(`no metadata for path "${path}"`);
    contents.set(path, part.content);
  }
  return sync(
    await inOrder(items, async (item) => {
      const content = contents.get(item.path);
      if (!content) throw new FileError(`no file content for path "${item.path}"`);
      await files.write(item, content);
    }),
  );
}

function partsOf(body: Buffer, boundary: string): Part[] {
  try {
    return parseMultipart(body, boundary);
  } catch (error) {
    throw badRequest(`cannot read request metadata: ${(error as Error).message}`);
  }
}

function readMetadata(content: Buffer): WriteItem[] {
  const { action = '', files = [] } = metadataOf(content);
  if (action !== 'write') throw badRequest(`multipart action must be "write", got "${action}"`);
  if (files.length === 0) throw badRequest('must specify one or more files');
  return withPaths(files);
}

/** An item without a path has an empty one, which is refused with the others that are not absolute. */
function withPaths<T extends { readonly path?: string }>(items: readonly T[] = []): (T & { readonly path: string })[] {
  return items.map((item) => ({ ...item, path: item.path ?? '' }));
}

function metadataOf(content: Buffer): Decoded<typeof writeBody> {
  try {
    return decodeJson(content.toString('utf8'), writeBody) as Decoded<typeof writeBody>;
  } catch (error) {
    throw error instanceof JsonRefused ? badRequest(`cannot decode request metadata: ${error.message}`) : error;
  }
}

/** One after the other: a later item may need what an earlier one makes. */
async function inOrder<T extends { readonly path: string }>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  for (const item of items) results.push(await resultOf(item.path, () => act(item)));
  return results;
}

async function resultOf(path: string, act: () => Promise<void>): Promise<FileResult> {
  try {
    await act();
    return { path };
  } catch (error) {
    const kind = error instanceof FileError ? error.kind : 'generic-file-error';
    return { path, error: { message: (error as Error).message, kind } };
  }
}
