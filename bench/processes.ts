import { readdirSync, readFileSync } from 'node:fs';

/** A process as the kernel tells of it. */
export interface Seen {
  readonly pid: number;
  readonly command: string;
  /** Resident memory in MiB. */
  readonly rss: number;
  /** Its share of memory in MiB: pages that several processes have are divided among them. */
  readonly pss: number;
  /** Processor time so far, its own and that of children it has waited for, in ms. */
  readonly cpuMs: number;
}

/** Processes whose command line holds `text`; those of other users have no share of memory that could be read. */
export function processesWith(text: string): readonly Seen[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command.includes(text) && Number(entry) !== process.pid ? [seen(entry, command)] : [];
      } catch {
        return [];
      }
    });
}

function seen(entry: string, command: string): Seen {
  const kib = (file: string, name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${entry}/${file}`, 'utf8'))?.[1] ?? 0);
  const times = readFileSync(`/proc/${entry}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .slice(11, 15)
    .map(Number);
  return {
    pid: Number(entry),
    command,
    rss: kib('status', 'VmRSS') / 1024,
    pss: kib('smaps_rollup', 'Pss') / 1024,
    // Ticks of 10 ms: USER_HZ is 100 on every Linux that Node runs on.
    cpuMs: times.reduce((sum, ticks) => sum + ticks, 0) * 10,
  };
}
