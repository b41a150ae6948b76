import { LineCounter, parseDocument } from 'yaml';
import { UserError } from '../errors.ts';

/**
 * Reads YAML as Juju does (1.1 booleans are not wanted by charms: `yes` stays text, as in Go's yaml.v3 for strings).
 * A mistake is told with its line and column; `what` begins the message: `cannot read config.yaml of …`.
 */
export function readYaml(text: string, what: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'silent',
  });
  const first = document.errors[0];
  if (first) {
    const { line, col } = lines.linePos(first.pos[0]);
    throw new UserError(`${what}: line ${line}, column ${col}: ${first.message.split('\n')[0]!.replace(/\.$/, '')}`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new UserError(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** A YAML mapping; an empty document is an empty one. */
export function readYamlMap(text: string, what: string): Record<string, unknown> {
  const value = readYaml(text, what);
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new UserError(`${what}: found ${kindOf(value)} (a mapping)`);
  return value as Record<string, unknown>;
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `${JSON.stringify(value)}`;
}
