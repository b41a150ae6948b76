import type { Status } from '../../controller/api.ts';
import { naturalEntries } from '../natural.ts';

/** A line for each unit: the formats `line`, `oneline` and `short`. */
export function statusLines(status: Status): string {
  const lines = naturalEntries(status.applications).flatMap(([, application]) =>
    naturalEntries(application.units).map(([name, unit]) => {
      const ports = unit['open-ports']?.length ? ` ${unit['open-ports'].join(', ')}` : '';
      return `- ${name}: ${unit.address} (agent:${unit['juju-status'].current}, workload:${unit['workload-status'].current})${ports}\n`;
    }),
  );
  return lines.join('');
}

/** Counts of units by state and of applications: the format `summary`. */
export function statusSummary(status: Status): string {
  const applications = naturalEntries(status.applications);
  const units = applications.flatMap(([, application]) => naturalEntries(application.units).map(([, unit]) => unit));
  const states = new Map<string, number>();
  for (const unit of units)
    states.set(unit['workload-status'].current, (states.get(unit['workload-status'].current) ?? 0) + 1);
  const subnets = [...new Map(units.flatMap((unit) => subnetOf(unit.address)).toReversed()).values()].toReversed();
  const ports = [...new Set(units.flatMap((unit) => unit['open-ports'] ?? []))].sort();
  return [
    `Running on subnets:  ${subnets.join(', ')}`.trimEnd(),
    `    Utilizing ports:  ${ports.join(', ')}`.trimEnd(),
    rightAligned([
      ['# Machines:', '(0)'],
      [],
      ['# Units:', `(${units.length})`],
      ...naturalEntries(Object.fromEntries(states)).map(([state, count]) => [`${state}:`, ` ${count} `]),
      [],
      ['# Applications:', `(${applications.length})`],
      ...applications.map(([name, application]) => [name, application.exposed ? '1/1' : '0/1', 'exposed']),
      [],
      ['# Remote:', '(0)'],
    ]),
  ].join('\n');
}

/** The class-based network of an address, and how Juju's summary names it: by the first address that is in it. */
function subnetOf(address: string): [string, string][] {
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => !Number.isInteger(byte))) return [];
  const bits = (bytes[0] ?? 0) < 128 ? 8 : (bytes[0] ?? 0) < 192 ? 16 : 24;
  return [[bytes.slice(0, bits / 8).join('.'), `${address}/${bits}`]];
}

function rightAligned(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) => `${row.map((cell, i) => `  ${cell.padStart(widths[i] ?? 0)}`).join('')}`.trimEnd())
    .join('\n')
    .concat('\n');
}
