import { mappingOf, stateColour } from '../grafana/colour.ts';
import type { Panel } from '../grafana/dashboard.ts';
import { type Cell, type Column, tableOf } from '../grafana/table.ts';
import { formatValue, localTime } from '../grafana/units.ts';
import type { PanelAnswer } from './answer.ts';
import { element } from './dom.ts';
import type { ChartContext } from './timeseries.ts';

/** The order that the reader has chosen, by panel: a refresh does not undo it. */
const orders = new Map<number, { readonly column: string; readonly down: boolean }>();

const mostRows = 500;

/** Series as rows, sorted by the head that is clicked. */
export function drawTable(
  body: HTMLElement,
  panel: Panel,
  { answers }: PanelAnswer,
  context: ChartContext,
): () => void {
  const { columns, rows, sortBy } = tableOf(panel, answers);
  const order = orders.get(panel.id) ?? sortBy;
  const at = columns.findIndex(({ name }) => name === order?.column);
  const sorted =
    at < 0 ? rows : [...rows].sort((a, b) => compare(a[at] ?? null, b[at] ?? null) * (order!.down ? -1 : 1));
  const heads = columns.map((column, index) => {
    const sort = index !== at ? 'none' : order!.down ? 'descending' : 'ascending';
    const button = element('button', { type: 'button' }, column.name);
    button.addEventListener('click', () => {
      orders.set(panel.id, { column: column.name, down: index === at ? !order!.down : column.isValue });
      drawTable(body, panel, { answers, range: { fromMs: 0, toMs: 0, stepMs: 1 }, errors: [] }, context);
    });
    return element('th', { scope: 'col', 'aria-sort': sort, className: column.isValue ? 'value' : '' }, button);
  });
  const lines = sorted
    .slice(0, mostRows)
    .map((row) => element('tr', {}, ...columns.map((column, index) => cellOf(row[index] ?? null, column, context))));
  const more = rows.length > mostRows ? element('p', { className: 'note' }, `${rows.length - mostRows} more rows`) : '';
  const table = element(
    'table',
    { 'aria-label': panel.title },
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...lines),
  );
  const top = body.querySelector('.rows')?.scrollTop ?? 0;
  const box = element('div', { className: 'rows', tabIndex: 0 }, table, more);
  body.replaceChildren(box);
  box.scrollTop = top;
  return () => {};
}

function cellOf(value: Cell, column: Column, { theme }: ChartContext): HTMLElement {
  if (!column.isValue) {
    const shown = column.isTime && typeof value === 'number' ? localTime(value) : String(value ?? '');
    return element('td', { title: shown }, shown);
  }
  const { style } = column;
  const number = typeof value === 'number' ? value : null;
  const words = number === null ? (style.noValue ?? '–') : formatValue(number, style.unit, style.decimals);
  const cell = element('td', { className: 'value' }, mappingOf(number, style)?.text ?? words);
  const colour =
    style.thresholds.length > 1 || style.mappings.length > 0 ? stateColour(number, style, theme) : undefined;
  if (colour) cell.style.color = colour;
  return cell;
}

function compare(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
