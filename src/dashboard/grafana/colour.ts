import type { FieldStyle, Mapping } from './field-style.ts';

export type Theme = 'light' | 'dark';

/** For series, in this order: told apart also by those who see few colours, and readable on both grounds. */
const palettes: Readonly<Record<Theme, readonly string[]>> = {
  light: ['#3569c4', '#c2760b', '#2b8a4b', '#b8409a', '#0f8a99', '#c4402f', '#7554c9', '#8a6d1d', '#5b6675', '#4f8f12'],
  dark: ['#6ea3ff', '#f2b34c', '#63c788', '#e887cd', '#4fc4d4', '#ff8270', '#b29bff', '#d3b75a', '#a5b0bf', '#a3d06a'],
};

/** Grafana's names, for states. */
const named: Readonly<Record<Theme, Readonly<Record<string, string>>>> = {
  light: {
    green: '#1a7f43',
    yellow: '#8f6a00',
    orange: '#b65a00',
    red: '#c4261d',
    blue: '#2f62c0',
    purple: '#7346c2',
    text: '#1f2430',
    grey: '#5b6675',
  },
  dark: {
    green: '#6ccf8e',
    yellow: '#f0cf5a',
    orange: '#ffa657',
    red: '#ff7b72',
    blue: '#7fb0ff',
    purple: '#c2a5ff',
    text: '#e6e8ee',
    grey: '#a5b0bf',
  },
};

/** The colour of the series at this place. */
export function paletteColour(index: number, theme: Theme): string {
  const palette = palettes[theme];
  return palette[index % palette.length]!;
}

/** The colour that its style fixes for a series, else the palette's next. */
export function namedOrNext(style: FieldStyle, index: number, theme: Theme): string {
  return style.colour ? namedColour(style.colour, theme) : paletteColour(index, theme);
}

/** The colour by Grafana's name of it (`dark-red` is a red), or as it is written; text's colour for other words. */
export function namedColour(name: string, theme: Theme): string {
  if (/^#[0-9a-f]{3,8}$/i.test(name) || /^rgba?\([\d.,\s%]+\)$/.test(name)) return name;
  const base = name.replace(/^(super-light|light|semi-dark|dark)-/, '').replace(/^gray$/, 'grey');
  return named[theme][base] ?? named[theme].text!;
}

/** What stands for a value by the mappings of its field; undefined: the value itself. */
export function mappingOf(value: number | string | null, style: FieldStyle): Mapping | undefined {
  return style.mappings.find(
    ({ word, from, to }) =>
      (typeof value === 'number' && value >= from && value <= to) ||
      (word !== undefined && word === (value === null ? 'null' : String(value))),
  );
}

/** The colour that the value's mapping or threshold gives it; undefined when neither does. */
export function stateColour(value: number | null, style: FieldStyle, theme: Theme): string | undefined {
  const mapped = mappingOf(value, style)?.colour;
  if (mapped) return namedColour(mapped, theme);
  if (!style.byThreshold || value === null) return undefined;
  const step = style.thresholds.findLast(({ from }) => value >= from);
  return step && namedColour(step.colour, theme);
}
