import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TokenRefresher } from '../../../../worker-kit/src/auth/refresh.ts';
import type { Token } from '../../../../worker-kit/src/auth/token.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const log = { info() {}, warn() {} };

/** A source of numbered tokens; `answers` replaces some of them. */
function numbered(lifetimeMs: number | undefined, fails: (call: number) => boolean = () => false) {
  const calls: number[] = [];
  const source = async (): Promise<Token> => {
    calls.push(Date.now());
    if (fails(calls.length)) throw new Error('down');
    const life = lifetimeMs === undefined ? {} : { expiresAt: Date.now() + lifetimeMs };
    return { authorization: `Bearer ${calls.length}`, ...life };
  };
  return { source, calls };
}

test('replaces a token when a fifth of its life is left, and tells its listeners', async () => {
  const { source, calls } = numbered(100_000);
  const refresher = await TokenRefresher.start({ source, refreshIntervalMs: 1_800_000, log });
  const seen: string[] = [];
  refresher.onToken((token) => seen.push(token.authorization));
  await vi.advanceTimersByTimeAsync(170_000);
  expect(calls).toEqual([0, 80_000, 160_000]);
  expect(seen).toEqual(['Bearer 2', 'Bearer 3']);
  expect(refresher.token.authorization).toBe('Bearer 3');
  refresher.close();
});

test('replaces a token that does not tell its end, or lives longer, after the interval', async () => {
  for (const lifetimeMs of [undefined, 86_400_000]) {
    vi.setSystemTime(0);
    const { source, calls } = numbered(lifetimeMs);
    const refresher = await TokenRefresher.start({ source, refreshIntervalMs: 900_000, log });
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(calls).toEqual([0, 900_000]);
    refresher.close();
  }
});

test('tries again after 1, 2, 4 … seconds when there is no new token, and keeps the old one meanwhile', async () => {
  const { source, calls } = numbered(100_000, (call) => call > 1 && call < 5);
  const refresher = await TokenRefresher.start({ source, refreshIntervalMs: 1_800_000, log });
  await vi.advanceTimersByTimeAsync(90_000);
  expect(calls).toEqual([0, 80_000, 81_000, 83_000, 87_000]);
  expect(refresher.token.authorization).toBe('Bearer 5');
  refresher.close();
});

test('asks for nothing more once it is closed', async () => {
  const { source, calls } = numbered(10_000);
  (await TokenRefresher.start({ source, refreshIntervalMs: 1_800_000, log })).close();
  await vi.advanceTimersByTimeAsync(100_000);
  expect(calls).toEqual([0]);
});

test('does not start without a first token', async () => {
  const { source } = numbered(10_000, () => true);
  await expect(TokenRefresher.start({ source, refreshIntervalMs: 1_800_000, log })).rejects.toThrow('down');
});
