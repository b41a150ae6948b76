/** Rows in columns as Pebble prints them: at least 5 wide, two blanks between, the last column as it is. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.slice(0, -1).entries()) {
      widths[index] = Math.max(widths[index] ?? 5, [...cell].length + 2);
    }
  }
  const line = (row: readonly string[]): string =>
    row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('');
  return rows.map((row) => `${line(row)}\n`).join('');
}

/** A time for people: `today at 07:47 UTC`; with `absolute` RFC 3339 in seconds. */
export function renderTime(time: string | undefined, { absolute, now }: { absolute: boolean; now: Date }): string {
  if (time === undefined) return '-';
  if (absolute) return time.replace(/\.\d+/, '');
  const then = new Date(time);
  const clock = `${two(then.getHours())}:${two(then.getMinutes())} ${zone(then)}`;
  const days = Math.round((startOfDay(then) - startOfDay(now)) / 86_400_000);
  if (days === 0) return `today at ${clock}`;
  if (days === -1) return `yesterday at ${clock}`;
  if (days === 1) return `tomorrow at ${clock}`;
  if (days < 0 && days >= -60) return `${-days} days ago, at ${clock}`;
  if (days > 0 && days <= 60) return `in ${days} days, at ${clock}`;
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
}

function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function zone(time: Date): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(time);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}
