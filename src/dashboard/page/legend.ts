import type { Panel } from '../grafana/dashboard.ts';
import { list, record, text } from '../grafana/json.ts';
import { calculationName, reduce } from '../grafana/series.ts';
import { formatValue } from '../grafana/units.ts';
import { element } from './dom.ts';
import type { Line } from './line.ts';

export interface LegendRow {
  readonly name: string;
  readonly colour: string;
}

/**
 * The names of the lines with what they come to, as the panel's options say. A name is a button: alone, and with all the
 * others again.
 */
export function legend(
  panel: Panel,
  rows: readonly LegendRow[],
  lines: readonly Line[],
  show: (visible: readonly boolean[]) => void,
): { readonly element: HTMLElement; readonly placement: 'bottom' | 'right' } {
  const options = record(panel.options.legend);
  const placement = options.placement === 'right' && panel.grid.w >= 10 ? 'right' : 'bottom';
  if (options.showLegend === false || options.displayMode === 'hidden') {
    return { element: element('div', { hidden: true }), placement };
  }
  const asked = list(options.calcs).map((one) => text(one));
  const table = options.displayMode === 'table' || asked.length > 1;
  const calculations = asked.length > 0 ? asked : ['lastNotNull'];
  let alone: number | undefined;
  const buttons = rows.map(({ name, colour }, at) => {
    const key = element('span', { className: 'key' });
    key.style.background = colour;
    const button = element('button', { type: 'button', title: name, 'aria-pressed': 'true' }, key, name);
    button.addEventListener('click', () => {
      alone = alone === at ? undefined : at;
      const visible = rows.map((_, other) => alone === undefined || other === alone);
      for (const [other, each] of buttons.entries()) each.setAttribute('aria-pressed', String(visible[other]));
      show(visible);
    });
    return button;
  });
  const shownValue = (at: number, calculation: string) => {
    const { values, style } = lines[at]!;
    const value = reduce(values, calculation);
    return value === null ? '–' : formatValue(value, style.unit, style.decimals);
  };
  if (!table) {
    const items = buttons.map((button, at) =>
      element('li', {}, button, element('b', {}, shownValue(at, calculations[0]!))),
    );
    return { element: element('ul', { className: 'legend list' }, ...items), placement };
  }
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, 'Name'),
    ...calculations.map((one) => element('th', { scope: 'col' }, calculationName(one))),
  );
  const body = buttons.map((button, at) =>
    element('tr', {}, element('td', {}, button), ...calculations.map((one) => element('td', {}, shownValue(at, one)))),
  );
  const made = element('table', {}, element('thead', {}, head), element('tbody', {}, ...body));
  return { element: element('div', { className: 'legend table' }, made), placement };
}
