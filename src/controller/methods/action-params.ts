import type { ActionSpec } from '../api.ts';
import { kindOf } from '../charm/read-yaml.ts';
import { UserError } from '../errors.ts';

type Schema = Record<string, unknown>;

/**
 * Parameters with the schema's defaults filled in, as Juju hands them to the action. Throws one error that names every
 * value that does not fit. Of JSON schema, what actions.yaml files use is known: type, enum, const, bounds, pattern,
 * items, properties, required and additionalProperties.
 */
export function checkParams(
  action: string,
  spec: ActionSpec,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const problems: string[] = [];
  const schema: Schema = {
    type: 'object',
    properties: spec.params,
    required: spec.required,
    additionalProperties: spec.additionalProperties,
  };
  const filled = check(schema, given, '(root)', problems);
  if (problems.length > 0)
    throw new UserError(
      `validation failed: ${problems.join('; ')} (charmlet show-action APPLICATION ${action} tells the parameters)`,
    );
  return filled as Record<string, unknown>;
}

function check(schema: Schema, value: unknown, path: string, problems: string[]): unknown {
  const wrong = (text: string): void => void problems.push(`${path} : ${text}`);
  const types =
    typeof schema.type === 'string' ? [schema.type] : Array.isArray(schema.type) ? schema.type.map(String) : [];
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) {
    wrong(`must be of type ${types.join(' or ')}, given ${kindOf(value)}`);
    return value;
  }
  if (Array.isArray(schema.enum) && !schema.enum.some((each) => same(each, value)))
    wrong(`must be one of ${schema.enum.map((each) => JSON.stringify(each)).join(', ')}`);
  if ('const' in schema && !same(schema.const, value)) wrong(`must be ${JSON.stringify(schema.const)}`);
  if (typeof value === 'number') checkNumber(schema, value, wrong);
  if (typeof value === 'string') checkText(schema, value, wrong);
  if (Array.isArray(value)) return checkList(schema, value, path, problems);
  if (typeof value === 'object' && value !== null)
    return checkMap(schema, value as Record<string, unknown>, path, problems);
  return value;
}

function checkNumber(schema: Schema, value: number, wrong: (text: string) => void): void {
  if (typeof schema.minimum === 'number' && value < schema.minimum)
    wrong(`must be greater than or equal to ${schema.minimum}`);
  if (typeof schema.maximum === 'number' && value > schema.maximum)
    wrong(`must be less than or equal to ${schema.maximum}`);
  if (typeof schema.multipleOf === 'number' && value % schema.multipleOf !== 0)
    wrong(`must be a multiple of ${schema.multipleOf}`);
}

function checkText(schema: Schema, value: string, wrong: (text: string) => void): void {
  const length = [...value].length;
  if (typeof schema.minLength === 'number' && length < schema.minLength)
    wrong(`must be at least ${schema.minLength} characters long`);
  if (typeof schema.maxLength === 'number' && length > schema.maxLength)
    wrong(`must be at most ${schema.maxLength} characters long`);
  if (typeof schema.pattern === 'string' && !matches(schema.pattern, value)) wrong(`must match ${schema.pattern}`);
}

function checkList(schema: Schema, value: readonly unknown[], path: string, problems: string[]): unknown[] {
  if (typeof schema.minItems === 'number' && value.length < schema.minItems)
    problems.push(`${path} : must have at least ${schema.minItems} items`);
  if (typeof schema.maxItems === 'number' && value.length > schema.maxItems)
    problems.push(`${path} : must have at most ${schema.maxItems} items`);
  const items = schema.items;
  return isMap(items) ? value.map((item, index) => check(items, item, `${path}.${index}`, problems)) : [...value];
}

function checkMap(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  problems: string[],
): Record<string, unknown> {
  const properties = isMap(schema.properties) ? schema.properties : {};
  const filled: Record<string, unknown> = {};
  const below = (key: string): string => (path === '(root)' ? `(root).${key}` : `${path}.${key}`);
  for (const key of Array.isArray(schema.required) ? schema.required.map(String) : []) {
    if (!Object.hasOwn(value, key)) problems.push(`${path} : ${key} is required`);
  }
  for (const [key, property] of Object.entries(properties)) {
    if (!Object.hasOwn(value, key) && isMap(property) && property.default !== undefined) filled[key] = property.default;
  }
  for (const [key, each] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property === undefined && schema.additionalProperties === false)
      problems.push(`${path} : additional property "${key}" is not allowed`);
    filled[key] = isMap(property) ? check(property, each, below(key), problems) : each;
  }
  return filled;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isMap(value);
    default:
      return typeof value === type;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A pattern that cannot be read refuses nothing: it is the charm's mistake, not the caller's. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}
