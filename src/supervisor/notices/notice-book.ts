import { formatDuration } from '../../pebble/duration.ts';
import type { Notice, NoticeType } from '../../pebble/types.ts';
import { parseTimestamp, timestamp } from '../timestamp.ts';

/** A notice that did not occur for a week is forgotten. */
const expireAfterMs = 7 * 24 * 3600 * 1000;

export interface NoticeFilter {
  /** Absent: everybody's. Else this user's and the public ones. */
  readonly userId?: number;
  readonly types?: readonly NoticeType[];
  readonly keys?: readonly string[];
  /** Only what repeated after this moment. */
  readonly after?: bigint;
}

export interface Occurrence {
  readonly type: NoticeType;
  readonly key: string;
  /** null: public. */
  readonly userId: number | null;
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** 0: every occurrence is a repetition. */
  readonly repeatAfterMs?: number;
}

/**
 * What happened, one record per user, type and key. `save` is called with the custom notices before an occurrence of
 * one is acknowledged, so that none is lost with the daemon; changes are made anew after its death, and their notices
 * with them.
 */
export class NoticeBook {
  readonly #notices = new Map<string, Notice>();
  readonly #waiting = new Set<() => void>();
  readonly #nextId: () => string;
  readonly #save: (custom: readonly Notice[]) => void;

  constructor(options: {
    nextId: () => string;
    save: (custom: readonly Notice[]) => void;
    saved: readonly Notice[];
  }) {
    this.#nextId = options.nextId;
    this.#save = options.save;
    for (const notice of options.saved) this.#notices.set(keyOf(notice.type, notice.key, notice['user-id']), notice);
  }

  /** Records an occurrence; answers the notice's id. */
  add({ type, key, userId, data, repeatAfterMs = 0 }: Occurrence): string {
    const now = timestamp();
    const place = keyOf(type, key, userId);
    const known = this.#notices.get(place);
    const due =
      !known || repeatAfterMs === 0 || nsOf(now) > nsOf(known['last-repeated']) + BigInt(repeatAfterMs) * 1_000_000n;
    const notice: Notice = {
      id: known?.id ?? this.#nextId(),
      'user-id': userId,
      type,
      key,
      'first-occurred': known?.['first-occurred'] ?? now,
      'last-occurred': now,
      'last-repeated': due ? now : known['last-repeated'],
      occurrences: (known?.occurrences ?? 0) + 1,
      ...(data && Object.keys(data).length > 0 ? { 'last-data': data } : {}),
      ...(repeatAfterMs > 0 ? { 'repeat-after': formatDuration(repeatAfterMs) } : {}),
      'expire-after': formatDuration(expireAfterMs),
    };
    this.#notices.set(place, notice);
    if (type === 'custom') {
      this.#forgetExpired();
      this.#save([...this.#notices.values()].filter((other) => other.type === 'custom'));
    }
    if (due) for (const wake of [...this.#waiting]) wake();
    return notice.id;
  }

  get(id: string): Notice | undefined {
    return [...this.#notices.values()].find((notice) => notice.id === id);
  }

  /** Oldest repetition first. */
  list(filter: NoticeFilter): Notice[] {
    return [...this.#notices.values()]
      .filter((notice) => matches(notice, filter))
      .sort((a, b) => (nsOf(a['last-repeated']) < nsOf(b['last-repeated']) ? -1 : 1));
  }

  /** Waits for the first notice that matches; an empty list when `timeoutMs` passes or the caller goes away. */
  wait(filter: NoticeFilter, timeoutMs: number, gone: AbortSignal): Promise<Notice[]> {
    return new Promise((resolve) => {
      const finish = (notices: Notice[]): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        gone.removeEventListener('abort', giveUp);
        resolve(notices);
      };
      const look = (): void => {
        const notices = this.list(filter);
        if (notices.length > 0) finish(notices);
      };
      const giveUp = (): void => finish([]);
      const timer = setTimeout(giveUp, Math.min(timeoutMs, 2 ** 31 - 1));
      gone.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(look);
      look();
    });
  }

  /** Forgets the notices of changes that are forgotten themselves. */
  forgetChange(id: string): void {
    this.#notices.delete(keyOf('change-update', id, null));
  }

  #forgetExpired(): void {
    const limit = BigInt(Date.now() - expireAfterMs) * 1_000_000n;
    for (const [place, notice] of this.#notices) if (nsOf(notice['last-occurred']) < limit) this.#notices.delete(place);
  }
}

function matches(notice: Notice, filter: NoticeFilter): boolean {
  const owner = notice['user-id'];
  return (
    (filter.userId === undefined || owner === null || owner === filter.userId) &&
    (!filter.types?.length || filter.types.includes(notice.type)) &&
    (!filter.keys?.length || filter.keys.includes(notice.key)) &&
    (filter.after === undefined || nsOf(notice['last-repeated']) > filter.after)
  );
}

function keyOf(type: NoticeType, key: string, userId: number | null): string {
  return `${userId ?? 'public'}:${type}:${key}`;
}

function nsOf(time: string): bigint {
  return parseTimestamp(time) ?? 0n;
}
