import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Prometheus's own tool for rules and queries is on this machine. */
export const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
if (!hasPromtool)
  console.warn('skipped: no promtool on PATH (Debian package prometheus): rules and queries are not tried');

/** Runs `promtool` with files of this content beside each other, by name; resolves with exit code and all that it printed. */
export function promtool(
  args: readonly string[],
  files: Readonly<Record<string, unknown>>,
): { code: number; said: string } {
  const home = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(home, name), JSON.stringify(content));
    const ran = spawnSync('promtool', args, { cwd: home, encoding: 'utf8', maxBuffer: 1e8 });
    return { code: ran.status ?? 1, said: `${ran.stdout}${ran.stderr}` };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

export interface InputSeries {
  readonly series: string;
  /** In promtool's notation, a value a minute. */
  readonly values: string;
}

export const recordings = ['typescript', 'typescript-suffixed', 'python', 'python-suffixed'] as const;
export type Recording = (typeof recordings)[number];

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
  readonly kind: string;
}

/** Samples of a text that a real worker showed (tests/fixtures/metrics/record.ts). */
export function recorded(recording: Recording): readonly Sample[] {
  const text = readFileSync(new URL(`../../fixtures/metrics/${recording}.txt`, import.meta.url), 'utf8');
  const kinds = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind = '']) => [name, kind]));
  return [...text.matchAll(/^([a-z_]+)\{(.*)\} (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
    name,
    labels,
    value: Number(value),
    kind: kinds.get(name) ?? 'histogram',
  }));
}

export const minutes = 10;

/** Such samples as series of a scraped unit: gauges stay, all else has grown from nothing over ten minutes. */
export function asSeries(samples: readonly Sample[], topology: string): readonly InputSeries[] {
  return samples.map(({ name, labels, value, kind }) => ({
    series: `${name}{${labels},${topology}}`,
    values: kind === 'gauge' ? `${value}x${minutes}` : `0+${value}x${minutes}`,
  }));
}
