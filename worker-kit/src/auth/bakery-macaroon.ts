import library, { type Caveat, type Macaroon } from 'macaroon';
import { KitError } from '../kit-error.ts';

/** A macaroon, and what its third parties need to discharge it. */
export interface BakeryMacaroon {
  readonly macaroon: Macaroon;
  /** The encrypted text of the caveats that carry it outside their ids, by base64 of the id. */
  readonly caveatData: ReadonlyMap<string, Uint8Array>;
}

/** Gets the macaroon that discharges a caveat; `payload` is its encrypted text, absent when the id itself is. */
export type GetDischarge = (caveat: Caveat, payload: Uint8Array | undefined) => Promise<BakeryMacaroon>;

/** Reads the bakery's format 3 (`m`, `v`, `cdata`) or a bare macaroon of an older one. Throws a sentence. */
export function parseBakeryMacaroon(json: unknown): BakeryMacaroon {
  try {
    const { m, cdata = {} } = json as { m?: unknown; cdata?: Record<string, string> };
    const entries = Object.entries(cdata).map(([id, data]) => [normal(id), new Uint8Array(bytes(data))] as const);
    return { macaroon: library.importMacaroon(m ?? json), caveatData: new Map(entries) };
  } catch (error) {
    throw new KitError(`cannot read a macaroon: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/**
 * The macaroon itself, and after it the discharges of its third parties' caveats and of those that they brought, bound
 * to it: what a server wants to see.
 */
export async function dischargeAll(root: BakeryMacaroon, getDischarge: GetDischarge): Promise<readonly Macaroon[]> {
  const found: Macaroon[] = [];
  let wave: readonly BakeryMacaroon[] = [root];
  while (wave.length > 0) {
    const discharges = await Promise.all(
      wave.flatMap(({ macaroon, caveatData }) =>
        macaroon.caveats
          .filter((caveat) => caveat.vid !== undefined)
          .map((caveat) => getDischarge(caveat, caveatData.get(Buffer.from(caveat.identifier).toString('base64')))),
      ),
    );
    for (const { macaroon } of discharges) {
      macaroon.bindToRoot(root.macaroon.signature);
      found.push(macaroon);
    }
    wave = discharges;
  }
  return [root.macaroon, ...found];
}

/** When the first of them expires, in milliseconds since 1970; `undefined` when none tells. */
export function expiryOf(macaroons: readonly Macaroon[]): number | undefined {
  const times = macaroons
    .flatMap((macaroon) => macaroon.caveats)
    .filter((caveat) => caveat.vid === undefined)
    .map((caveat) => /^(?:\w*:)?time-before (\S+)$/.exec(Buffer.from(caveat.identifier).toString())?.[1])
    .map((time) => (time === undefined ? Number.NaN : Date.parse(time)))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Base64 comes in the usual and in the URL's alphabet, padded or not; Node reads all four. */
function bytes(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}

function normal(base64: string): string {
  return bytes(base64).toString('base64');
}
