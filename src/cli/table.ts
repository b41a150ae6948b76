/** A cell: its text, and an escape sequence to show it in on a terminal. */
export interface Cell {
  readonly text: string;
  readonly colour?: string | undefined;
}

/**
 * Lines of a table as Juju's tab writer lays them out: two blanks between columns, cells left-aligned unless their
 * column is named in `right`, no blanks at the end of a line.
 */
export function renderTable(rows: readonly (readonly (string | Cell)[])[], right: readonly number[] = []): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...cells.map((row) => width(row[i]?.text ?? ''))));
  return cells.map((row) => `${line(row, widths, right)}\n`).join('');
}

function line(row: readonly Cell[], widths: readonly number[], right: readonly number[]): string {
  const last = row.findLastIndex((cell) => cell.text !== '');
  return row
    .slice(0, last + 1)
    .map((cell, i) => {
      const pad = ' '.repeat((widths[i] ?? 0) - width(cell.text));
      const shown = cell.colour && cell.text !== '' ? `${cell.colour}${cell.text}\x1b[0m` : cell.text;
      if (right.includes(i)) return pad + shown;
      return i === last ? shown : shown + pad;
    })
    .join('  ')
    .trimEnd();
}

/** Characters, not code units: what a terminal counts for all but wide scripts. */
function width(text: string): number {
  return [...text].length;
}
