import uPlot from 'uplot';
import { namedOrNext, type Theme } from '../grafana/colour.ts';
import type { Panel } from '../grafana/dashboard.ts';
import { type FieldStyle, styleOf } from '../grafana/field-style.ts';
import { align, reduce, stack } from '../grafana/series.ts';
import { formatValue } from '../grafana/units.ts';
import type { PanelAnswer } from './answer.ts';
import { element } from './dom.ts';
import { type LegendRow, legend } from './legend.ts';
import type { Line } from './line.ts';
import { tooltip } from './tooltip.ts';

export interface ChartContext {
  readonly theme: Theme;
  /** The reader has drawn a rectangle: shows that time only. */
  zoom(fromMs: number, toMs: number): void;
}

/** More lines than this are a smear, and slow. */
const mostLines = 100;

/** Draws series over time. Answers how to end it. */
export function drawTimeseries(
  body: HTMLElement,
  panel: Panel,
  { answers, range }: PanelAnswer,
  context: ChartContext,
): () => void {
  const found = answers.flatMap((answer) => answer.series);
  const { seconds, values } = align(found, range);
  const lines = found
    .map((one, at): Line => {
      const style = styleOf(panel, one);
      const colour = namedOrNext(style, at, context.theme);
      return { name: style.displayName ?? one.name, style, values: values[at]!, colour };
    })
    .filter(({ style }) => !style.hidden)
    .slice(0, mostLines);

  const plot = element('div', { className: 'plot' });
  const shown = lines.map(() => true);
  const rows = lines.map(({ name, colour }): LegendRow => ({ name, colour }));
  const aside = legend(panel, rows, lines, (visible) => {
    shown.splice(0, shown.length, ...visible);
    redraw();
  });
  body.replaceChildren(element('div', { className: `chart legend-${aside.placement}` }, plot, aside.element));
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', describe(panel, lines));

  let chart: uPlot | undefined;
  const redraw = () => {
    chart?.destroy();
    const { clientWidth: width, clientHeight: height } = plot;
    if (width < 20 || height < 20) return;
    const drawn = lines.filter((_, at) => shown[at]);
    const options = optionsFor({ panel, lines: drawn, seconds, context, width, height });
    chart = new uPlot(options, dataFor(drawn, seconds), plot);
  };
  const size = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = plot;
    if (!chart) redraw();
    else if (chart.width !== width || chart.height !== height) chart.setSize({ width, height });
  });
  redraw();
  size.observe(plot);
  return () => {
    size.disconnect();
    chart?.destroy();
  };
}

/** For those who do not see the lines: what each comes to in the end. */
function describe(panel: Panel, lines: readonly Line[]): string {
  const ends = lines.slice(0, 10).map(({ name, values, style }) => {
    const last = reduce(values, 'lastNotNull');
    return `${name} ${last === null ? 'without data' : formatValue(last, style.unit, style.decimals)}`;
  });
  return `${panel.title}, over time. Last: ${ends.join('; ')}${lines.length > 10 ? `; and ${lines.length - 10} more` : ''}`;
}

/** Stacked series are drawn from the top down, so that each covers what is not its own. */
function dataFor(lines: readonly Line[], seconds: readonly number[]): uPlot.AlignedData {
  const stacked = lines.filter(({ style }) => style.stacked);
  const sums = stack(stacked.map(({ values }) => values));
  const rows = lines.map((line) => {
    const at = stacked.indexOf(line);
    return at >= 0 ? sums[at]! : [...line.values];
  });
  return [[...seconds], ...rows] as uPlot.AlignedData;
}

function optionsFor(facts: {
  readonly panel: Panel;
  readonly lines: readonly Line[];
  readonly seconds: readonly number[];
  readonly context: ChartContext;
  readonly width: number;
  readonly height: number;
}): uPlot.Options {
  const { panel, lines, seconds, context, width, height } = facts;
  const { style } = panel;
  const css = getComputedStyle(document.documentElement);
  const [ink, grid] = ['--muted', '--grid'].map((name) => css.getPropertyValue(name).trim());
  const font = '11px system-ui, sans-serif';
  const labels = (_: uPlot, ticks: number[]) => ticks.map((tick) => formatValue(tick, style.unit, style.decimals));
  const axis = { stroke: ink!, font, grid: { stroke: grid!, width: 1 }, ticks: { stroke: grid!, width: 1, size: 4 } };
  return {
    width,
    height,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: 'dashboard', setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
    },
    scales: {
      x: { time: true, range: () => [seconds[0] ?? 0, seconds.at(-1) ?? 1] },
      y: { range: (_, low, high) => rangeOf(low, high, style) },
    },
    axes: [
      { ...axis, space: 70, size: 28, values: timeLabels },
      {
        ...axis,
        space: 28,
        values: labels,
        ...(isBinary(style.unit) && { incrs: powersOfTwo }),
        size: (_, ticks) => 18 + 6.2 * Math.max(2, ...(ticks ?? []).map((tick) => tick.length)),
      },
    ],
    series: [
      {},
      ...lines.map((line) =>
        lineOptions(
          line,
          lines.some((one) => one.style.stacked),
        ),
      ),
    ],
    bands: bandsOf(lines),
    hooks: {
      setSelect: [
        (chart) => {
          const { left, width: wide } = chart.select;
          if (wide < 5) return;
          context.zoom(chart.posToVal(left, 'x') * 1000, chart.posToVal(left + wide, 'x') * 1000);
        },
      ],
    },
    plugins: [tooltip(lines)],
  };
}

/** Ticks of bytes are whole KiB and MiB. */
const powersOfTwo = Array.from({ length: 60 }, (_, power) => 2 ** power);

function isBinary(unit: string): boolean {
  return ['bytes', 'bits', 'binBps'].includes(unit);
}

/** The ground of a stacked series ends at the one below. */
function bandsOf(lines: readonly Line[]): uPlot.Band[] {
  const stacked = lines.flatMap(({ style }, at) => (style.stacked ? [at + 1] : []));
  return stacked.slice(1).map((upper, at) => ({ series: [upper, stacked[at]!] }));
}

function lineOptions({ name, colour, style }: Line, stacked: boolean): uPlot.Series {
  const bars = style.draw === 'bars';
  const fill = bars ? Math.max(style.fill, 40) : stacked ? Math.max(style.fill, 20) : style.fill;
  const alpha = Math.round(Math.min(100, fill) * 2.55)
    .toString(16)
    .padStart(2, '0');
  const paths = bars
    ? uPlot.paths.bars!({ size: [0.7, 24] })
    : style.stepped
      ? uPlot.paths.stepped!({ align: 1 })
      : uPlot.paths.linear!();
  return {
    label: name,
    stroke: style.draw === 'points' ? 'transparent' : colour,
    width: style.draw === 'points' ? 0 : Math.max(1.5, style.lineWidth),
    ...(fill > 0 && { fill: /^#[0-9a-f]{6}$/i.test(colour) ? `${colour}${alpha}` : colour }),
    paths,
    spanGaps: style.spanGaps,
    // A sample between two gaps would be seen by nobody.
    points: {
      show: style.draw === 'points' ? true : undefined,
      size: 5,
      stroke: colour,
      fill: colour,
    } as uPlot.Series.Points,
  };
}

/** Zero belongs to it where that costs little; a flat line stands in the middle. */
function rangeOf(low: number | null, high: number | null, { min, max }: FieldStyle): [number, number] {
  if (low === null || high === null) return [min ?? 0, max ?? 1];
  const flat = high === low;
  const from = low >= 0 && (flat || low < high * 0.6) ? 0 : low - (high - low || Math.abs(low) || 1) * 0.1;
  const to = high <= 0 && from < 0 && flat ? 0 : high + (high - Math.max(0, from) || Math.abs(high) || 1) * 0.1;
  return [min ?? from, Math.max(max ?? to, (min ?? from) + Number.EPSILON)];
}

/** `13:05`, with the day where a new one begins. */
function timeLabels(_: uPlot, ticks: number[], _axis: number, _space: number, step: number): string[] {
  let day = '';
  return ticks.map((tick, at) => {
    const date = new Date(tick * 1000);
    const two = (part: number) => String(part).padStart(2, '0');
    const today = `${two(date.getMonth() + 1)}/${two(date.getDate())}`;
    const time = `${two(date.getHours())}:${two(date.getMinutes())}${step < 60 ? `:${two(date.getSeconds())}` : ''}`;
    const changed = at > 0 && today !== day;
    day = today;
    if (step >= 86_400) return today;
    return changed ? `${today} ${time}` : time;
  });
}
