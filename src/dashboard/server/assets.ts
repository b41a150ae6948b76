import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** Changes when the body does; with quotes, as HTTP has it. */
  readonly tag: string;
}

const root = join(import.meta.dirname, '..');

/** Bare names that the page's modules import, and where the browser finds them. */
const importMap = JSON.stringify({ imports: { uplot: '/assets/uplot.js' } });

/** Of the inline import map, for the page's security policy. */
export const importMapHash = `'sha256-${createHash('sha256').update(importMap).digest('base64')}'`;

/**
 * Everything that the browser loads, by path: our own modules with their types taken away, which is all that a browser
 * needs of TypeScript, and uPlot from its package. Nothing comes from elsewhere.
 */
export function readAssets(): ReadonlyMap<string, Asset> {
  const uplot = join(createRequire(import.meta.url).resolve('uplot/package.json'), '..', 'dist');
  const modules = ['grafana', 'page'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [`/assets/${folder}/${name}`, script(withoutTypes(readText(join(root, folder, name))))] as const),
  );
  const preloads = [...modules.map(([path]) => path), '/assets/uplot.js']
    .map((path) => `<link rel="modulepreload" href="${path}">`)
    .join('\n');
  const page = readText(join(root, 'page/index.html'))
    .replace('<!-- import map -->', () => `<script type="importmap">${importMap}</script>`)
    .replace('<!-- preloads -->', () => preloads);
  return new Map([
    ...modules,
    ['/', asset('text/html; charset=utf-8', page)],
    ['/assets/uplot.js', script(readText(join(uplot, 'uPlot.esm.js')))],
    ['/assets/uplot.css', asset('text/css; charset=utf-8', readText(join(uplot, 'uPlot.min.css')))],
    ['/assets/page.css', asset('text/css; charset=utf-8', readText(join(root, 'page/page.css')))],
    ['/assets/icon.svg', asset('image/svg+xml', readText(join(root, 'page/icon.svg')))],
  ]);
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

function script(text: string): Asset {
  return asset('text/javascript; charset=utf-8', text);
}

function asset(type: string, text: string): Asset {
  const body = Buffer.from(text);
  return { type, body, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

/** Node warns that this function may change; the Node that runs us is pinned, and users can do nothing about it. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
