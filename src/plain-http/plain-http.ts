/**
 * `node:http` without what importing it costs. An `import` of a built-in module reads each of its exports once, and
 * those of `node:http` include `WebSocket`, whose getter loads the whole of undici: 40 ms and 14 MiB in Node 24.
 * Types are imported from `node:http` itself; scripts/checks/imports.ts finds an import that is not of types alone.
 */
export const { createServer, get, request, STATUS_CODES } = process.getBuiltinModule('node:http');
