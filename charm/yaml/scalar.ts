import type { YamlNode } from './node.ts';

/** What PyYAML's safe loader makes of a scalar. */
export type Scalar =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  /** As Python's `str()` writes it. */
  | { readonly type: 'time'; readonly value: string }
  | { readonly type: 'text'; readonly value: string };

const names = {
  null: /^(~|null|Null|NULL|)$/,
  true: /^(yes|Yes|YES|true|True|TRUE|on|On|ON)$/,
  false: /^(no|No|NO|false|False|FALSE|off|Off|OFF)$/,
} as const;
const binary = /^([-+]?)0b([01_]+)$/;
const octal = /^([-+]?)(0[0-7_]+)$/;
const decimal = /^([-+]?)(0|[1-9][0-9_]*)$/;
const hexadecimal = /^([-+]?)0x([0-9a-fA-F_]+)$/;
const sexagesimal = /^([-+]?)([1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const float = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const sexagesimalFloat = /^([-+]?)([0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;
const infinite = /^([-+]?)\.(inf|Inf|INF)$/;
const notANumber = /^\.(nan|NaN|NAN)$/;
const date = /^(\d{4})-(\d\d)-(\d\d)$/;
const timestamp =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(Z|([-+])(\d\d?)(?::(\d\d))?))?$/;

const prefix = 'tag:yaml.org,2002:';

/** The scalar by YAML 1.1 with PyYAML's booleans (`y` and `n` are text). Null when its tag is not one of YAML's own or does not fit. */
export function resolveScalar(node: YamlNode & { readonly kind: 'scalar' }): Scalar | null {
  const { text, plain, tag } = node;
  if (tag === '') return plain ? resolvePlain(text) : { type: 'text', value: text };
  if (tag === '!' || tag === `${prefix}str`) return { type: 'text', value: text };
  const resolved = resolvePlain(text);
  return tag === `${prefix}${tagNames[resolved.type]}` ? resolved : null;
}

const tagNames: Readonly<Record<Scalar['type'], string>> = {
  null: 'null',
  bool: 'bool',
  int: 'int',
  float: 'float',
  time: 'timestamp',
  text: 'str',
};

function resolvePlain(text: string): Scalar {
  if (names.null.test(text)) return { type: 'null' };
  if (names.true.test(text)) return { type: 'bool', value: true };
  if (names.false.test(text)) return { type: 'bool', value: false };
  return resolveInt(text) ?? resolveFloat(text) ?? resolveTime(text) ?? { type: 'text', value: text };
}

function resolveInt(text: string): Scalar | null {
  const [, sign, digits, base] =
    withBase(binary.exec(text), '0b') ??
    withBase(octal.exec(text), '0o') ??
    withBase(decimal.exec(text), '') ??
    withBase(hexadecimal.exec(text), '0x') ??
    [];
  if (digits !== undefined && digits.replaceAll('_', '') !== '') {
    return int(sign, BigInt(`${base}${digits.replaceAll('_', '')}`));
  }
  const [, sexaSign, sexa] = sexagesimal.exec(text) ?? [];
  if (sexa === undefined) return null;
  const value = sexa.replaceAll('_', '').split(':');
  return int(
    sexaSign,
    value.reduce((sum, part) => sum * 60n + BigInt(part), 0n),
  );
}

function withBase(match: RegExpExecArray | null, base: string): readonly [string, string, string, string] | null {
  return match === null ? null : ['', match[1] ?? '', match[2] ?? '', base];
}

function int(sign: string | undefined, value: bigint): Scalar {
  return { type: 'int', value: sign === '-' ? -value : value };
}

function resolveFloat(text: string): Scalar | null {
  const [, sign] = infinite.exec(text) ?? [];
  if (sign !== undefined) return { type: 'float', value: sign === '-' ? -Infinity : Infinity };
  if (notANumber.test(text)) return { type: 'float', value: Number.NaN };
  if (float.test(text)) return { type: 'float', value: Number(text.replaceAll('_', '')) };
  const [, sexaSign, sexa] = sexagesimalFloat.exec(text) ?? [];
  if (sexa === undefined) return null;
  const value = sexa
    .replaceAll('_', '')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return { type: 'float', value: sexaSign === '-' ? -value : value };
}

function resolveTime(text: string): Scalar | null {
  if (date.test(text)) return isDay(text) ? { type: 'time', value: text } : null;
  const match = timestamp.exec(text);
  if (match === null) return null;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction] = match;
  const dayText = `${year}-${two(month)}-${two(day)}`;
  if (!isDay(dayText) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const micros = (fraction ?? '').slice(0, 6).padEnd(6, '0');
  const clock = `${two(hour)}:${minute}:${second}${Number(micros) === 0 ? '' : `.${micros}`}`;
  return { type: 'time', value: `${dayText} ${clock}${offset(match)}` };
}

function offset([, , , , , , , , zone, sign, hours = '0', minutes = '00']: RegExpExecArray): string {
  if (zone === undefined) return '';
  return zone === 'Z' ? '+00:00' : `${sign}${two(hours)}:${minutes}`;
}

function two(digits: string): string {
  return digits.padStart(2, '0');
}

/** Is there such a day? `2024-02-30` is none. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
