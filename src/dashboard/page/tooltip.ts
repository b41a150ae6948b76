import type uPlot from 'uplot';
import { formatValue, localTime } from '../grafana/units.ts';
import { element } from './dom.ts';
import type { Line } from './line.ts';

const mostRows = 14;

/** Shows the values under the cursor, the largest first. */
export function tooltip(lines: readonly Line[]): uPlot.Plugin {
  const box = element('div', { className: 'tooltip', hidden: true, 'aria-hidden': 'true' });
  return {
    hooks: {
      init: (chart) => chart.over.append(box),
      setCursor: (chart) => {
        const { idx, left = -1, top = 0 } = chart.cursor;
        // Charts are in step; only the one under the pointer tells.
        const here = chart.over.matches(':hover') && left >= 0 && idx !== null && idx !== undefined;
        box.hidden = !here;
        if (!here) return;
        const rows = lines
          .map((line) => ({ line, value: line.values[idx] ?? null }))
          .filter((row): row is { line: Line; value: number } => row.value !== null)
          .sort((a, b) => b.value - a.value);
        box.replaceChildren(
          element('div', { className: 'when' }, localTime(chart.data[0][idx]! * 1000)),
          ...rows.slice(0, mostRows).map(({ line, value }) => {
            const key = element('span', { className: 'key' });
            key.style.background = line.colour;
            const { unit, decimals } = line.style;
            return element(
              'div',
              { className: 'row' },
              key,
              element('span', { className: 'name' }, line.name),
              element('b', {}, formatValue(value, unit, decimals)),
            );
          }),
          rows.length > mostRows ? element('div', { className: 'when' }, `and ${rows.length - mostRows} more`) : '',
        );
        const { clientWidth: width, clientHeight: height } = chart.over;
        const beside = left > width / 2 ? left - box.offsetWidth - 12 : left + 12;
        box.style.left = `${Math.round(beside)}px`;
        box.style.top = `${Math.round(Math.min(top + 12, Math.max(0, height - box.offsetHeight)))}px`;
      },
    },
  };
}
