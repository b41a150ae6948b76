import { nearest } from '../nearest.ts';
import { QueryError } from './lexer.ts';
import type { Expression } from './parser.ts';

/** What a field can hold. A `Scope` is an application, unit or model; a `ScopeMap` several of them by name. */
export type Value = string | number | boolean | readonly string[] | Scope | ScopeMap | Lambda;

/** Fields by name, computed when asked for. */
export interface Scope {
  readonly kind: 'scope';
  /** What it is, for error messages: `application`. */
  readonly what: string;
  readonly fields: Readonly<Record<string, () => Value>>;
}

export interface ScopeMap {
  readonly kind: 'scopes';
  readonly scopes: Readonly<Record<string, Scope>>;
}

interface Lambda {
  readonly kind: 'lambda';
  readonly call: (argument: Scope) => Value;
}

/** Which fields of which scopes a query has looked at; `juju wait-for` prints them at the end. */
export type Witness = (scope: Scope, field: string, value: Value) => void;

type Names = Readonly<Record<string, Scope>>;

/** Is the query true in the scope? Throws a `QueryError` for unknown fields and functions and for the wrong types. */
export function isTrue(query: Expression, scope: Scope, witness: Witness = () => {}): boolean {
  return truth(evaluate(query, scope, {}, witness));
}

function evaluate(node: Expression, scope: Scope, names: Names, witness: Witness): Value {
  const inner = (one: Expression) => evaluate(one, scope, names, witness);
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'field':
      return Object.hasOwn(names, node.name) ? (names[node.name] as Scope) : field(scope, node.name, node.at, witness);
    case 'member': {
      const of = inner(node.of);
      if (!isKind(of, 'scope'))
        throw new QueryError(`"${node.name}" is asked of ${typeName(of)}, which has no fields`, node.at);
      return field(of, node.name, node.at, witness);
    }
    case 'index': {
      const [of, by] = [inner(node.of), inner(node.by)];
      if (isKind(of, 'scopes') && typeof by === 'string' && Object.hasOwn(of.scopes, by)) return of.scopes[by] as Scope;
      if (Array.isArray(of) && typeof by === 'number' && of[by] !== undefined) return of[by];
      throw new QueryError(`there is nothing at index ${JSON.stringify(by)}`, node.at);
    }
    case 'lambda':
      return {
        kind: 'lambda',
        call: (argument) => evaluate(node.body, scope, { ...names, [node.parameter]: argument }, witness),
      };
    case 'not':
      return !truth(inner(node.of));
    case 'call':
      return callFunction(node.name, node.args.map(inner), node.at);
    case 'infix':
      return infix(node, inner);
  }
}

function infix(node: Expression & { kind: 'infix' }, inner: (one: Expression) => Value): boolean {
  const left = inner(node.left);
  if (node.operator === '&&' || node.operator === '||') {
    const logical = (value: Value, at: number): boolean => {
      if (typeof value === 'boolean') return value;
      throw new QueryError(`"${node.operator}" is for true and false only, not for ${typeName(value)}`, at);
    };
    if (logical(left, node.left.at) === (node.operator === '||')) return node.operator === '||';
    return logical(inner(node.right), node.right.at);
  }
  const right = inner(node.right);
  const ordered = typeof left === typeof right && (typeof left === 'number' || typeof left === 'string');
  switch (node.operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return ordered && left < right;
    case '<=':
      return ordered && left <= right;
    case '>':
      return ordered && left > right;
    default:
      return ordered && left >= right;
  }
}

function field(scope: Scope, name: string, at: number, witness: Witness): Value {
  const read = Object.hasOwn(scope.fields, name) ? scope.fields[name] : undefined;
  if (!read) {
    const meant = nearest(name, Object.keys(scope.fields));
    const advice = meant ? `did you mean "${meant}"?` : `there are: ${Object.keys(scope.fields).sort().join(', ')}`;
    throw new QueryError(`${scope.what} has no field "${name}" (${advice})`, at);
  }
  const value = read();
  witness(scope, name, value);
  return value;
}

const arity: Readonly<Record<string, number>> = { len: 1, print: 1, forEach: 2, startsWith: 2, endsWith: 2 };

function callFunction(name: string, args: readonly Value[], at: number): Value {
  const wanted = Object.hasOwn(arity, name) ? arity[name] : undefined;
  if (wanted === undefined)
    throw new QueryError(`there is no function "${name}" (there are: ${Object.keys(arity).join(', ')})`, at);
  if (args.length !== wanted)
    throw new QueryError(`${name} takes ${wanted} argument${wanted === 1 ? '' : 's'}, not ${args.length}`, at);
  const [first, second] = args as [Value, Value];
  if (name === 'print') return first;
  if (name === 'len') {
    if (typeof first === 'string' || Array.isArray(first)) return first.length;
    if (isKind(first, 'scopes')) return Object.keys(first.scopes).length;
    throw new QueryError(`len counts texts and lists, not ${typeName(first)}`, at);
  }
  if (name === 'forEach') {
    if (!isKind(first, 'scopes'))
      throw new QueryError(`forEach goes through units, applications or machines, not ${typeName(first)}`, at);
    if (!isKind(second, 'lambda'))
      throw new QueryError('forEach takes a function such as unit => unit.life == "alive"', at);
    const scopes = Object.values(first.scopes);
    return scopes.length > 0 && scopes.every((scope) => truth(second.call(scope)));
  }
  if (typeof first !== 'string' || typeof second !== 'string') throw new QueryError(`${name} compares texts`, at);
  return name === 'startsWith' ? first.startsWith(second) : first.endsWith(second);
}

/** Juju's rule: what is not zero or empty is true. */
function truth(value: Value): boolean {
  if (isKind(value, 'scopes')) return Object.keys(value.scopes).length > 0;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' || Boolean(value);
}

function isKind<K extends 'scope' | 'scopes' | 'lambda'>(
  value: Value,
  kind: K,
): value is Extract<Value, { readonly kind: K }> {
  return typeof value === 'object' && 'kind' in value && value.kind === kind;
}

function typeName(value: Value): string {
  if (isKind(value, 'scope')) return `one ${value.what}`;
  if (isKind(value, 'scopes')) return 'several of them';
  if (isKind(value, 'lambda')) return 'a function';
  return Array.isArray(value)
    ? 'a list'
    : typeof value === 'string'
      ? 'a text'
      : typeof value === 'number'
        ? 'a number'
        : 'true or false';
}
