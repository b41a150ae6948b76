import { QueryError, type Token, tokensOf } from './lexer.ts';

/** A query as a tree. `at` is where the node stands in the text. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: string | number | boolean; readonly at: number }
  | { readonly kind: 'field'; readonly name: string; readonly at: number }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string; readonly at: number }
  | { readonly kind: 'index'; readonly of: Expression; readonly by: Expression; readonly at: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly at: number }
  | { readonly kind: 'lambda'; readonly parameter: string; readonly body: Expression; readonly at: number }
  | { readonly kind: 'not'; readonly of: Expression; readonly at: number }
  | {
      readonly kind: 'infix';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    };

/** Binding strength; what binds weakest comes first. */
const levels = [['||'], ['&&'], ['==', '!='], ['<', '<=', '>', '>=']];

/** No sane query nests deeper; a bound keeps a mad one from exhausting the stack. */
const maxDepth = 200;

/** Reads the query language of `juju wait-for`. Throws a `QueryError`. */
export function parseQuery(query: string): Expression {
  const parser = new Parser(tokensOf(query));
  const expression = parser.expression();
  parser.expectEnd();
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expression(): Expression {
    if (++this.#depth > maxDepth) throw new QueryError('it nests too deep', this.#next().at);
    const result = this.#infix(0);
    this.#depth--;
    return result;
  }

  expectEnd(): void {
    while (this.#take(';'));
    const token = this.#next();
    if (token.kind !== 'end')
      throw new QueryError(`unexpected ${described(token)} after the end of the expression`, token.at);
  }

  #infix(level: number): Expression {
    const operators = levels[level];
    if (!operators) return this.#prefix();
    let left = this.#infix(level + 1);
    for (;;) {
      const operator = operators.find((one) => this.#take(one));
      if (!operator) return left;
      left = { kind: 'infix', operator, left, right: this.#infix(level + 1), at: left.at };
    }
  }

  #prefix(): Expression {
    const { at } = this.#next();
    if (!this.#take('!')) return this.#postfix();
    if (++this.#depth > maxDepth) throw new QueryError('it nests too deep', at);
    const of = this.#prefix();
    this.#depth--;
    return { kind: 'not', of, at };
  }

  #postfix(): Expression {
    let of = this.#primary();
    for (;;) {
      const { at } = this.#next();
      if (this.#take('.')) {
        const token = this.#advance();
        if (token.kind !== 'word')
          throw new QueryError(`expected a field's name after ".", found ${described(token)}`, token.at);
        of = { kind: 'member', of, name: token.text, at };
      } else if (this.#take('[')) {
        const by = this.expression();
        this.#expect(']');
        of = { kind: 'index', of, by, at };
      } else {
        return of;
      }
    }
  }

  #primary(): Expression {
    const token = this.#advance();
    if (token.kind === 'text') return { kind: 'constant', value: token.text, at: token.at };
    if (token.kind === 'number') return { kind: 'constant', value: token.value, at: token.at };
    if (token.kind === 'word') return this.#word(token.text, token.at);
    if (token.kind === 'sign' && token.text === '(') {
      const inner = this.expression();
      this.#expect(')');
      return inner;
    }
    throw new QueryError(`expected a value, found ${described(token)}`, token.at);
  }

  #word(text: string, at: number): Expression {
    if (text === 'true' || text === 'false') return { kind: 'constant', value: text === 'true', at };
    if (this.#take('=>')) return { kind: 'lambda', parameter: text, body: this.expression(), at };
    if (!this.#take('(')) return { kind: 'field', name: text, at };
    const args: Expression[] = [];
    if (this.#take(')')) return { kind: 'call', name: text, args, at };
    do args.push(this.expression());
    while (this.#take(','));
    this.#expect(')');
    return { kind: 'call', name: text, args, at };
  }

  #next(): Token {
    return this.#tokens[Math.min(this.#position, this.#tokens.length - 1)] as Token;
  }

  #advance(): Token {
    const token = this.#next();
    this.#position++;
    return token;
  }

  #take(sign: string): boolean {
    const token = this.#next();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#position++;
    return true;
  }

  #expect(sign: string): void {
    const token = this.#next();
    if (!this.#take(sign)) throw new QueryError(`expected "${sign}", found ${described(token)}`, token.at);
  }
}

function described(token: Token): string {
  if (token.kind === 'end') return 'the end of the query';
  return token.kind === 'number' ? String(token.value) : JSON.stringify(token.text);
}
