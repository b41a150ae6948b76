/** What is wrong with a query, and where (offset in characters, from 0). */
export class QueryError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'QueryError';
    this.at = at;
  }
}

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const signs = ['&&', '||', '==', '!=', '<=', '>=', '=>', '<', '>', '!', '(', ')', '[', ']', ',', '.', ';'];

/** Splits a query into tokens. Words may hold dashes, as in `workload-status`; texts stand in double or single quotes. */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const rest = query.slice(at);
    const blank = /^\s+/.exec(rest)?.[0];
    if (blank) {
      at += blank.length;
      continue;
    }
    const [token, length] = tokenAt(rest, at);
    tokens.push(token);
    at += length;
  }
  return [...tokens, { kind: 'end', at }];
}

function tokenAt(rest: string, at: number): [Token, number] {
  const word = /^[A-Za-z_][A-Za-z0-9_-]*/.exec(rest)?.[0];
  if (word) return [{ kind: 'word', text: word, at }, word.length];
  const number = /^-?\d+(?:\.\d+)?/.exec(rest)?.[0];
  if (number) return [{ kind: 'number', value: Number(number), at }, number.length];
  if (rest[0] === '"' || rest[0] === "'") return textAt(rest, at);
  const sign = signs.find((one) => rest.startsWith(one));
  if (sign) return [{ kind: 'sign', text: sign, at }, sign.length];
  const near =
    rest[0] === '=' ? ' (to compare, write ==)' : rest[0] === '&' || rest[0] === '|' ? ' (write && or ||)' : '';
  throw new QueryError(
    `unexpected character ${JSON.stringify(String.fromCodePoint(rest.codePointAt(0) ?? 0))}${near}`,
    at,
  );
}

function textAt(rest: string, at: number): [Token, number] {
  const quote = rest[0];
  let text = '';
  for (let i = 1; i < rest.length; i++) {
    const char = rest[i] ?? '';
    if (char === quote) return [{ kind: 'text', text, at }, i + 1];
    if (char === '\\' && i + 1 < rest.length) {
      i++;
      text += rest[i] === 'n' ? '\n' : rest[i] === 't' ? '\t' : rest[i];
    } else {
      text += char;
    }
  }
  throw new QueryError('a text has no closing quote', at);
}
