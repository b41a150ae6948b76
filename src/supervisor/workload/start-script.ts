import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Larger files are no scripts that somebody wrote. */
const largestScript = 256 * 1024;

/**
 * The first place at which a start script, or a file beside it, names `/app/`, as file and line; the file relative to the
 * workload's directory. Without a namespace there is no `/app`, and such a script would fail, or worse, find
 * somebody else's. Null when there is none, or when the command is no script of the workload's.
 */
export function placeThatNamesApp(script: string, app: string): string | null {
  if (!script.startsWith(`${app}/`) || !isScript(script)) return null;
  const dir = dirname(script);
  const beside = dir === app ? [] : readdirSync(dir).map((name) => join(dir, name));
  for (const file of [script, ...beside.filter((other) => other !== script).sort()]) {
    const line = lineThatNamesApp(file);
    if (line !== null) return `${relative(app, file)}:${line}`;
  }
  return null;
}

function lineThatNamesApp(file: string): number | null {
  const lines = readText(file)?.split('\n') ?? [];
  const found = lines.findIndex((line, index) => namesApp(line) && (index === 0 || !/^\s*(#|\/\/)/.test(line)));
  return found < 0 ? null : found + 1;
}

/** `/app/` as a path of its own, not as the end of `$HERE/app/` or `/srv/app/`. */
function namesApp(line: string): boolean {
  return /(?:^|[^\w.$})/~-])\/app(?:\/|$|[\s"';:])/.test(line);
}

function isScript(file: string): boolean {
  return readText(file)?.startsWith('#!') ?? false;
}

function readText(file: string): string | null {
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > largestScript) return null;
    const text = readFileSync(file, 'utf8');
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
