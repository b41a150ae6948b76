const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `30s`, `1m30s`, `500ms` (as Go and Pebble write durations), or plain seconds, in milliseconds. Throws a reason. */
export function parseDuration(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new Error('it is no duration (such as 30s, 1m30s or 500ms)');
  }
  return Math.round(
    parts.reduce((sum, [, number, unit]) => sum + Number(number) * unitsMs[unit as keyof typeof unitsMs], 0),
  );
}
