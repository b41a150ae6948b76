import { parseDuration, parseTime } from '../grafana/time.ts';
import { localTime } from '../grafana/units.ts';
import type { Address } from './address.ts';
import { element, select } from './dom.ts';
import { theme, toggleTheme } from './theme.ts';

export interface ToolbarFacts {
  readonly address: Address;
  readonly dashboards: readonly { readonly uid: string; readonly title: string }[];
  readonly refresh: string;
}

export interface ToolbarActions {
  open(uid: string): void;
  range(from: string, to: string): void;
  every(refresh: string): void;
  now(): void;
  themed(): void;
}

const ranges: readonly (readonly [from: string, text: string])[] = [
  ['now-5m', 'Last 5 minutes'],
  ['now-15m', 'Last 15 minutes'],
  ['now-30m', 'Last 30 minutes'],
  ['now-1h', 'Last hour'],
  ['now-3h', 'Last 3 hours'],
  ['now-6h', 'Last 6 hours'],
  ['now-12h', 'Last 12 hours'],
  ['now-24h', 'Last 24 hours'],
  ['now-2d', 'Last 2 days'],
  ['now-7d', 'Last 7 days'],
  ['now-30d', 'Last 30 days'],
];

const rhythms = ['5s', '10s', '30s', '1m', '5m', '15m'];

/** Which dashboard, which time, how often. */
export function toolbar({ address, dashboards, refresh }: ToolbarFacts, actions: ToolbarActions): HTMLElement {
  const { from, to, uid } = address;
  const title = dashboards.find((one) => one.uid === uid)?.title ?? 'Dashboards';
  const which =
    dashboards.length > 1
      ? select(
          'Dashboard',
          dashboards.map((one) => ({ value: one.uid, text: one.title })),
          uid,
          actions.open,
        )
      : undefined;
  which?.classList.add('which');
  const relative = ranges.some(([known]) => known === from) && to === 'now';
  const when = select(
    'Time range',
    [
      ...(relative ? [] : [{ value: '', text: absolute(from, to) }]),
      ...ranges.map(([value, text]) => ({ value, text })),
    ],
    relative ? from : '',
    (value) => actions.range(value, 'now'),
  );
  when.dataset.control = 'range';
  const every = select(
    'Refresh',
    [
      { value: '', text: 'No refresh' },
      ...[...new Set([...rhythms, ...(refresh ? [refresh] : [])])]
        .sort((a, b) => (parseDuration(a) ?? 0) - (parseDuration(b) ?? 0))
        .map((value) => ({ value, text: `Every ${value}` })),
    ],
    refresh,
    actions.every,
  );
  const again = element(
    'button',
    { type: 'button', title: 'Refresh now', 'aria-label': 'Refresh now', 'data-key': 'again' },
    '⟳',
  );
  again.addEventListener('click', actions.now);
  const shade = element(
    'button',
    { type: 'button', title: 'Light or dark', 'aria-label': 'Light or dark', 'data-key': 'theme' },
    '◐',
  );
  shade.setAttribute('aria-pressed', String(theme() === 'dark'));
  shade.addEventListener('click', () => {
    toggleTheme();
    shade.setAttribute('aria-pressed', String(theme() === 'dark'));
    actions.themed();
  });
  const out = element(
    'button',
    { type: 'button', title: 'Show twice as much time', 'aria-label': 'Show twice as much time', 'data-key': 'out' },
    '⊖',
  );
  out.addEventListener('click', () => {
    const now = Date.now();
    const [start, end] = [parseTime(from, now) ?? now - 3_600_000, parseTime(to, now) ?? now];
    const half = (end - start) / 2;
    const last = Math.min(now, end + half);
    actions.range(String(Math.round(last - 4 * half)), String(Math.round(last)));
  });
  const heading = which ? element('h1', { className: 'has-choice' }, which) : element('h1', {}, title);
  return element(
    'div',
    { className: 'toolbar' },
    heading,
    element('div', { className: 'controls' }, when, out, every, again, shade),
  );
}

function absolute(from: string, to: string): string {
  const now = Date.now();
  const words = (written: string) => (/^\d+$/.test(written) ? localTime(parseTime(written, now) ?? now) : written);
  return `${words(from)} to ${words(to)}`;
}
