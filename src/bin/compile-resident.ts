/**
 * Loads every module that a controller or a supervisor may load, so that Node's compile cache has them all. Node takes
 * types out in the process that imports a module, and the WebAssembly that does it stays there: 14 MiB for good.
 */
import { globSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';

const source = join(import.meta.dirname, '..');
const rooms = '{companions,controller,crash-report,dashboard/databag,dashboard/server,fifo,hookcmds,pebble,supervisor}';
const files = globSync([`${rooms}/**/*.ts`, 'bin/{controller,supervisor}.ts'], { cwd: source });
await Promise.all(files.map((file) => import(join(source, file))));
flushCompileCache();
