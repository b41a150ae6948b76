import type { Model } from '../store/models.ts';
import { secretContent } from '../store/secrets.ts';

/** What stands where something was that may not be told. */
export const masked = '***';

/** Shorter values occur everywhere: to blank them would tell more than it hides. */
const shortestValue = 4;
/** `private-address` is in every unit's databag, and no secret. */
const tellingName = /(password|passwd|secret|token|credential|private(?!-address$)|(^|[_-])(api-?)?key$|dsn|cert)/i;

/**
 * Masks by where a text comes from: what any secret holds, in any revision, is blanked wherever it turns
 * up, in clear or in base64; and so is the value of a key whose name says what it is, unless that is a secret's URI.
 */
export class Mask {
  readonly #values: readonly string[];

  constructor(model: Model) {
    // Of all models: what was granted across them may turn up in any.
    const rows = model.db.all<{ model: string; secret: string; revision: number }>(
      'SELECT model, secret, revision FROM secret_revisions',
    );
    const encoded = rows.flatMap(({ model: uuid, secret, revision }) =>
      Object.values(secretContent({ ...model, uuid }, secret, revision) ?? {}),
    );
    const plain = encoded.map((value) => Buffer.from(value, 'base64').toString('utf8'));
    this.#values = [...new Set([...plain, ...encoded])]
      .filter((value) => value.length >= shortestValue)
      // The longest first: one value may be a part of another.
      .sort((a, b) => b.length - a.length);
  }

  /** Masks a whole tree of plain data; `name` is the key it stands under. */
  tree(value: unknown, name = ''): unknown {
    if (typeof value === 'string') return this.#text(value, name);
    if (Array.isArray(value)) return value.map((each) => this.tree(each, name));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.tree(each, key)]));
  }

  #text(text: string, name: string): string {
    if (tellingName.test(name) && text !== '' && !/^secret:/.test(text)) return masked;
    return this.#values.reduce((sum, value) => sum.replaceAll(value, masked), text);
  }
}
