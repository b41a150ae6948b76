import { type Json, list, number, record, text } from './json.ts';

/** How the values of a series or a column are shown. */
export interface FieldStyle {
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly displayName?: string;
  /** What stands where there is no value. */
  readonly noValue?: string;
  /** Grafana's name of a colour, or `#rrggbb`; absent: the palette's next. */
  readonly colour?: string;
  /** Colour by the thresholds. */
  readonly byThreshold: boolean;
  /** Ascending; the first has no lower bound. */
  readonly thresholds: readonly { readonly from: number; readonly colour: string }[];
  readonly mappings: readonly Mapping[];
  readonly draw: 'line' | 'bars' | 'points';
  readonly lineWidth: number;
  /** 0 to 100. */
  readonly fill: number;
  readonly stepped: boolean;
  readonly stacked: boolean;
  readonly spanGaps: boolean;
  readonly hidden: boolean;
  /** Of a table's column, in px. */
  readonly width?: number;
}

/** Shows values by other words: a value (or a range of values, bounds included), and what stands in its place. */
export interface Mapping {
  readonly from: number;
  readonly to: number;
  /** A value that is no number. */
  readonly word?: string;
  readonly text?: string;
  readonly colour?: string;
}

/** Another style for the series or columns that `matches` names. */
export interface Override {
  matches(field: { readonly name: string; readonly refId: string }): boolean;
  readonly change: Partial<FieldStyle>;
}

/** The style of a panel's fields, with Grafana's defaults. */
export function readStyle(panel: Json): FieldStyle {
  const defaults = record(record(panel.fieldConfig).defaults);
  const custom = record(defaults.custom);
  const plain: FieldStyle = {
    unit: text(defaults.unit),
    byThreshold: record(defaults.color).mode === 'thresholds' || panel.type === 'stat' || panel.type === 'gauge',
    thresholds: [],
    mappings: [],
    draw: 'line',
    lineWidth: 1,
    fill: 0,
    stepped: false,
    stacked: false,
    spanGaps: false,
    hidden: false,
  };
  const properties = [
    ...Object.entries(defaults).filter(([id]) => id !== 'custom'),
    ...Object.entries(custom).map(([id, value]) => [`custom.${id}`, value] as const),
  ];
  return Object.assign(plain, ...properties.map(([id, value]) => changeBy(id, value)));
}

/** The exceptions from the panel's style, in their order. */
export function readOverrides(panel: Json): readonly Override[] {
  return list(record(panel.fieldConfig).overrides).map((json) => {
    const { matcher, properties } = record(json);
    const changes = list(properties).map((one) => changeBy(text(record(one).id), record(one).value));
    return { matches: matcherOf(record(matcher)), change: Object.assign({}, ...changes) as Partial<FieldStyle> };
  });
}

/** The style of one field: the panel's, changed by each override that names it. */
export function styleOf(
  panel: { readonly style: FieldStyle; readonly overrides: readonly Override[] },
  field: { readonly name: string; readonly refId: string },
): FieldStyle {
  const changes = panel.overrides.filter((override) => override.matches(field)).map(({ change }) => change);
  return Object.assign({}, panel.style, ...changes);
}

function matcherOf({ id, options }: Json): Override['matches'] {
  const wanted = text(options);
  if (id === 'byName') return ({ name }) => name === wanted;
  if (id === 'byFrameRefID') return ({ refId }) => refId === wanted;
  if (id === 'byRegexp') {
    const pattern = regexpOf(wanted);
    return ({ name }) => pattern?.test(name) ?? false;
  }
  return () => false;
}

/** Grafana writes `/text/flags` or the bare text; undefined when it is no regular expression. */
export function regexpOf(written: string): RegExp | undefined {
  const [, body, flags] = /^\/(.*)\/([imsu]*)$/s.exec(written) ?? [undefined, written, ''];
  try {
    return new RegExp(body!, flags);
  } catch {
    return undefined;
  }
}

/** What one property says, by its id in Grafana's JSON; nothing for what has no meaning here. */
function changeBy(id: string, value: unknown): Partial<FieldStyle> {
  switch (id) {
    case 'unit':
      return { unit: text(value) };
    case 'decimals':
    case 'min':
    case 'max':
      return number(value) === undefined ? {} : { [id]: number(value)! };
    case 'displayName':
    case 'noValue':
      return text(value) === '' ? {} : { [id]: text(value) };
    case 'color': {
      const { mode, fixedColor } = record(value);
      const fixed = (mode === 'fixed' || mode === 'shades') && text(fixedColor) !== '';
      return { byThreshold: mode === 'thresholds', ...(fixed && { colour: text(fixedColor) }) };
    }
    case 'thresholds':
      return {
        thresholds: list(record(value).steps).map((step, at) => ({
          from: at === 0 ? -Infinity : (number(record(step).value) ?? -Infinity),
          colour: text(record(step).color, 'text'),
        })),
      };
    case 'mappings':
      return { mappings: list(value).flatMap(readMapping) };
    case 'custom.drawStyle':
      return value === 'bars' || value === 'points' ? { draw: value } : { draw: 'line' };
    case 'custom.lineWidth':
      return { lineWidth: number(value) ?? 1 };
    case 'custom.fillOpacity':
      return { fill: number(value) ?? 0 };
    case 'custom.lineInterpolation':
      return { stepped: value === 'stepAfter' || value === 'stepBefore' };
    case 'custom.stacking':
      return { stacked: ['normal', 'percent'].includes(text(record(value).mode)) };
    case 'custom.spanNulls':
      return { spanGaps: value === true };
    case 'custom.hideFrom':
      return { hidden: record(value).viz === true };
    case 'custom.hidden':
      return { hidden: value === true };
    case 'custom.width':
      return number(value) === undefined ? {} : { width: number(value)! };
    default:
      return {};
  }
}

function readMapping(json: unknown): Mapping[] {
  const { type, options } = record(json);
  if (type === 'value') {
    return Object.entries(record(options)).map(([word, result]) => ({
      ...span(number(word), number(word)),
      word,
      ...resultOf(result),
    }));
  }
  const { from, to, match, result } = record(options);
  if (type === 'range') {
    return [{ from: number(from) ?? -Infinity, to: number(to) ?? Infinity, ...resultOf(result) }];
  }
  if (type !== 'special') return [];
  return match === 'null' || match === 'nan' || match === 'null+nan'
    ? [{ ...span(), word: 'null', ...resultOf(result) }]
    : [];
}

/** Without numbers, no number is inside. */
function span(from = Infinity, to = -Infinity): { readonly from: number; readonly to: number } {
  return { from, to };
}

function resultOf(json: unknown): Pick<Mapping, 'text' | 'colour'> {
  const { text: words, color } = record(json);
  return {
    ...(text(words) !== '' && { text: text(words) }),
    ...(text(color) !== '' && { colour: text(color) }),
  };
}
