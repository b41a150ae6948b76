import { mappingOf, namedOrNext, stateColour } from '../grafana/colour.ts';
import type { Panel } from '../grafana/dashboard.ts';
import { styleOf } from '../grafana/field-style.ts';
import { list, record, text } from '../grafana/json.ts';
import { numberIn, reduce } from '../grafana/series.ts';
import { formatValue } from '../grafana/units.ts';
import type { NamedSeries, PanelAnswer } from './answer.ts';
import { element, svg } from './dom.ts';
import type { ChartContext } from './timeseries.ts';

/** Big numbers, each with the way it came. */
export function drawStat(body: HTMLElement, panel: Panel, { answers }: PanelAnswer, context: ChartContext): () => void {
  const options = panel.options;
  const calculation = text(list(record(options.reduceOptions).calcs)[0], 'lastNotNull');
  const found = answers.flatMap(({ series }) => series);
  const named = options.textMode === 'value_and_name' || options.textMode === 'name' || found.length > 1;
  const tiles = found.map((series, at) => {
    const style = styleOf(panel, series);
    const values = series.values.map(([, value]) => numberIn(value));
    const value = reduce(values, calculation);
    const colour =
      stateColour(value, style, context.theme) ?? (style.colour ? namedOrNext(style, at, context.theme) : undefined);
    const shown =
      mappingOf(value, style)?.text ??
      (value === null ? (style.noValue ?? 'No data') : formatValue(value, style.unit, style.decimals));
    const name = style.displayName ?? series.name;
    const tile = element(
      'div',
      { className: 'tile' },
      element('div', { className: 'value' }, options.textMode === 'name' ? name : shown),
      named && options.textMode !== 'name' ? element('div', { className: 'name', title: name }, name) : undefined,
    );
    if (colour && options.colorMode !== 'none') {
      tile.style.setProperty('--state', colour);
      tile.classList.add(options.colorMode === 'background' ? 'filled' : 'coloured');
    }
    const sparks = options.graphMode !== 'none' && values.length > 2;
    if (sparks) {
      tile.classList.add('sparkling');
      tile.append(sparkline(series));
    }
    return tile;
  });
  body.replaceChildren(element('div', { className: 'stats' }, ...tiles));
  return () => {};
}

function sparkline(series: NamedSeries): SVGElement {
  const points = series.values.flatMap(([seconds, value]) => {
    const number = numberIn(value);
    return number === null || !Number.isFinite(number) ? [] : [[seconds, number] as const];
  });
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 1];
  const numbers = points.map(([, value]) => value);
  const low = numbers.reduce((a, b) => Math.min(a, b), 0);
  const high = numbers.reduce((a, b) => Math.max(a, b), low + Number.EPSILON);
  const x = (seconds: number) => (((seconds - first) / (last - first || 1)) * 100).toFixed(2);
  const y = (value: number) => (29 - ((value - low) / (high - low)) * 28).toFixed(2);
  const line = points.map(([seconds, value], at) => `${at === 0 ? 'M' : 'L'}${x(seconds)} ${y(value)}`).join('');
  return svg(
    'svg',
    { class: 'spark', viewBox: '0 0 100 30', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('path', { class: 'area', d: `${line}L100 30L0 30Z` }),
    svg('path', { class: 'line', d: line, 'vector-effect': 'non-scaling-stroke' }),
  );
}
