import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';
import { forbiddenModules, rooms } from './rooms.ts';

export interface Import {
  readonly from: string;
  /** A path from the repository's root, or a module's name. */
  readonly to: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

/** Every import, re-export and literal `import()` of a file. Throws when the file does not parse. */
export function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`cannot parse ${file}: ${errors[0]?.message}`);
  const found: Import[] = [];
  const add = (specifier: string, start: number, typeOnly: boolean) => {
    const to = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
    found.push({ from: file, to, line: text.slice(0, start).split('\n').length, typeOnly });
  };
  for (const entry of module.staticImports) {
    const typeOnly =
      text.startsWith('import type', entry.start) || (entry.entries.length > 0 && entry.entries.every((e) => e.isType));
    add(entry.moduleRequest.value, entry.start, typeOnly);
  }
  for (const entry of module.staticExports) {
    const source = entry.entries.find((e) => e.moduleRequest)?.moduleRequest;
    if (source) add(source.value, entry.start, text.startsWith('export type', entry.start));
  }
  for (const entry of module.dynamicImports) {
    const literal = /^['"](.*)['"]$/.exec(text.slice(entry.moduleRequest.start, entry.moduleRequest.end));
    if (literal?.[1]) add(literal[1], entry.start, false);
  }
  return found;
}

/** Arrows that go up, and modules that a pure room must not touch. One line per finding. */
export function checkDirection(imports: readonly Import[]): string[] {
  return imports.flatMap((one) => {
    const room = roomOf(one.from);
    if (!room) return [`${one.from}:1: is in no room (name it in scripts/checks/rooms.ts)`];
    if (one.to === 'node:http' && !one.typeOnly && one.from.startsWith('src/'))
      return [`${one.from}:${one.line}: imports node:http, which loads undici (take src/plain-http/plain-http.ts)`];
    const rule = rooms[room];
    const local = one.to.includes('/') && !one.to.startsWith('@') && !one.to.startsWith('node:') && roomOf(one.to);
    if (!local) {
      const forbidden = forbiddenModules[room];
      return forbidden?.test(one.to) && !one.typeOnly
        ? [`${one.from}:${one.line}: ${room}/ must not import "${one.to}" (it decides, and touches nothing)`]
        : [];
    }
    const allowed = [room, ...(rule?.may ?? []), ...(one.typeOnly ? (rule?.typesOnly ?? []) : [])];
    if (allowed.some((name) => one.to === name || one.to.startsWith(`${name}/`))) return [];
    return [`${one.from}:${one.line}: ${room} must not import from ${one.to} (arrows go down only)`];
  });
}

/** The longest room that holds the file. */
export function roomOf(file: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => file.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** Circles, each once, as `a -> b -> a`. */
export function checkCircles(imports: readonly Import[]): string[] {
  const edges = new Map<string, string[]>();
  for (const one of imports) edges.set(one.from, [...(edges.get(one.from) ?? []), one.to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      found.push([...trail.slice(at), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) if (edges.has(next)) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return found.map((circle) => `circle: ${circle}`);
}
