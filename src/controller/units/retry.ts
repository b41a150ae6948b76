/** How long a failed hook waits for its next try, in ms: 5 s, doubling to 5 min, each with up to a tenth more by chance. */
export function retryDelayMs(failures: number, random: () => number = Math.random): number {
  const base = Math.min(5000 * 2 ** Math.min(failures - 1, 10), 300_000);
  return Math.round(base * (1 + random() / 10));
}

/** How long a hook that was cut short waits: nothing at first, so that one lost dispatch costs no time, then 1 s doubling to a minute. */
export function interruptedDelayMs(timesInARow: number): number {
  return timesInARow <= 1 ? 0 : Math.min(1000 * 2 ** (timesInARow - 2), 60_000);
}
