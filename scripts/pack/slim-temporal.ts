import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/** The calls that the charm makes; everything else that Temporal's API has is left out of the bundle. */
const calls: Readonly<Record<string, readonly string[]>> = {
  'temporal.api.workflowservice.v1.WorkflowService': ['DescribeTaskQueue'],
  // The client makes an object for each of them and calls nothing.
  'temporal.api.operatorservice.v1.OperatorService': [],
  'temporal.api.testservice.v1.TestService': [],
  'grpc.health.v1.Health': [],
};

/** protobufjs's JSON descriptors, as far as they are looked at. */
interface Descriptor {
  readonly fields?: Readonly<Record<string, { readonly type: string }>>;
  readonly methods?: Readonly<Record<string, { readonly requestType: string; readonly responseType: string }>>;
  readonly nested?: Readonly<Record<string, Descriptor>>;
  readonly [part: string]: unknown;
}

/** Of gRPC: what serves calls, and what reads `.proto` files, which only a server's own inspection asks for. */
const neverReached = [/@grpc\/grpc-js\/build\/src\/server\.js$/, /@grpc\/proto-loader\/build\/src\/index\.js$/];

const require = createRequire(import.meta.url);

/**
 * Makes the bundled `@temporalio/client` as small as one question needs: its connection without the clients for
 * workflows and schedules, and of the API's messages those that the calls above can meet. The library's code stays as
 * it is; a message that is left out is a field that the decoder passes over.
 */
export function slimTemporal(): Plugin {
  return {
    name: 'slim-temporal',
    setup({ onResolve, onLoad }) {
      const client = dirname(require.resolve('@temporalio/client'));
      onResolve({ filter: /^@temporalio\/client$/ }, () => ({ path: join(client, 'connection.js') }));
      for (const filter of neverReached) onLoad({ filter }, ({ path }) => ({ contents: absent(path), loader: 'js' }));
      onLoad({ filter: /@temporalio\/common\/lib\/internal-non-workflow\/index\.js$/ }, ({ path }) => {
        const parts = ['./parse-host-uri', './tls-config', './proxy-config'];
        const contents = parts.map((part) => `Object.assign(exports, require("${part}"));`).join('\n');
        return { contents, loader: 'js', resolveDir: dirname(path) };
      });
      onLoad({ filter: /@temporalio\/proto\/protos\/json-module\.js$/ }, ({ path }) => {
        const all = (require(path) as { toJSON(): Descriptor }).toJSON();
        return { contents: jsonModule(keepOnly(all, reachable(all))), loader: 'js', resolveDir: dirname(path) };
      });
    },
  };
}

/** A module that says so when something of it is used after all. */
function absent(path: string): string {
  const error = `throw new Error('internal error: ${basename(path)} was left out of the charm')`;
  return `"use strict"; class Absent { constructor() { ${error}; } } module.exports = { Server: Absent, loadSync() { ${error}; } };`;
}

function jsonModule(root: Descriptor): string {
  const made = `($protobuf.roots.__temporal ||= new $protobuf.Root()).addJSON(${JSON.stringify(root.nested)})`;
  return `"use strict"; const $protobuf = require("protobufjs/light"); module.exports = ${made};`;
}

/** Full names of everything that the calls can meet. */
function reachable(root: Descriptor): ReadonlySet<string> {
  const found = new Set<string>(Object.keys(calls));
  for (const name of found) {
    const { fields = {}, methods = {} } = find(root, name) ?? {};
    const called = Object.entries(methods).filter(([method]) => calls[name]?.includes(method));
    const types = [
      ...Object.values(fields).map(({ type }) => type),
      ...called.flatMap(([, { requestType, responseType }]) => [requestType, responseType]),
    ];
    // A set that grows while one walks it is walked to its new end.
    for (const type of types) {
      const full = resolve(root, { type, from: name });
      if (full !== null) found.add(full);
    }
  }
  return found;
}

/** A type's full name: it is looked for from the inside out. Null for a scalar. */
function resolve(root: Descriptor, { type, from }: { readonly type: string; readonly from: string }): string | null {
  if (type.startsWith('.')) return type.slice(1);
  for (let scope = from.split('.'); ; scope = scope.slice(0, -1)) {
    const name = [...scope, type].join('.');
    if (find(root, name) !== undefined) return name;
    if (scope.length === 0) return null;
  }
}

function find(root: Descriptor, name: string): Descriptor | undefined {
  return name.split('.').reduce<Descriptor | undefined>((at, part) => at?.nested?.[part], root);
}

/** The descriptors of these names, with the name spaces that hold them and nothing else. */
function keepOnly(root: Descriptor, names: ReadonlySet<string>, prefix = ''): Descriptor {
  const nested = Object.entries(root.nested ?? {}).flatMap(([part, child]): [string, Descriptor][] => {
    const name = `${prefix}${part}`;
    const kept = keepOnly(child, names, `${name}.`);
    if (!names.has(name))
      return Object.keys(kept.nested ?? {}).length === 0 ? [] : [[part, { nested: kept.nested ?? {} }]];
    return [[part, withCalls(kept, calls[name])]];
  });
  const { nested: _, ...own } = root;
  return nested.length === 0 ? own : { ...own, nested: Object.fromEntries(nested) };
}

function withCalls(descriptor: Descriptor, called: readonly string[] | undefined): Descriptor {
  if (called === undefined) return descriptor;
  const methods = Object.entries(descriptor.methods ?? {}).filter(([method]) => called.includes(method));
  return { ...descriptor, methods: Object.fromEntries(methods) };
}
