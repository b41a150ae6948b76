import type { OptionSpec, OptionType } from '../charm/spec.ts';
import type { ConfigValue } from '../hook/model.ts';

/** A value, or Juju's own words about why it is none. */
export type Parsed = { readonly value: ConfigValue } | { readonly problem: string };

/** A text as typed on a command line, read by the option's type as Go's strconv does. */
export function parseOptionText(name: string, option: OptionSpec, text: string): Parsed {
  const wrong: Parsed = { problem: `option "${name}" expected ${option.type}, got ${quote(text)}` };
  switch (option.type) {
    case 'int': {
      if (!/^[+-]?[0-9]+$/.test(text)) return wrong;
      const big = BigInt(text.replace(/^\+/, ''));
      return big >= -(2n ** 63n) && big < 2n ** 63n ? { value: Number(big) } : wrong;
    }
    case 'float':
      return /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text) && Number.isFinite(Number(text))
        ? { value: Number(text) }
        : wrong;
    case 'boolean':
      if (/^(1|t|T|TRUE|true|True)$/.test(text)) return { value: true };
      return /^(0|f|F|FALSE|false|False)$/.test(text) ? { value: false } : wrong;
    case 'secret':
      return checkSecret(name, text);
    case 'string':
      return { value: text };
  }
}

/** A value that YAML has already read; null means: back to the default. */
export function checkOptionValue(name: string, option: OptionSpec, value: unknown): Parsed | { readonly value: null } {
  if (value === null || value === undefined) return { value: null };
  const fits: Record<OptionType, boolean> = {
    string: typeof value === 'string',
    secret: typeof value === 'string',
    int: Number.isInteger(value),
    float: typeof value === 'number',
    boolean: typeof value === 'boolean',
  };
  if (option.type === 'secret' && typeof value === 'string') return checkSecret(name, value);
  if (fits[option.type]) return { value: value as ConfigValue };
  // As Juju does, a text is read as the command line would; any other value of another type is refused.
  if (typeof value === 'string') return parseOptionText(name, option, value);
  return {
    problem: `option "${name}" expected ${option.type}, got ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  };
}

function checkSecret(name: string, text: string): Parsed {
  if (text === '' || /^secret:(\/\/[^/]+\/)?[0-9a-zA-Z]+$/.test(text)) return { value: text };
  return { problem: `option "${name}" value ${quote(text)} is not a valid secret URI (secret:<id>)` };
}

/** As Go's `%q` does, cut at a length that a line of an error can bear. */
function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
