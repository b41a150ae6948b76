import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Need } from '../../controller/api.ts';
import type { CompanionPlaces } from '../../controller/companion.ts';
import { binaryNeeds, type FoundBinary, findBinary, obtainBinary } from '../binary.ts';
import { lokiBinary, victoriaLogsBinary } from './log-binaries.ts';

/** The two servers that can stand behind this name, the better one first. */
const programs = { loki: lokiBinary, 'victoria-logs': victoriaLogsBinary } as const;
export type LogServerKind = keyof typeof programs;
const kinds = Object.keys(programs) as LogServerKind[];

export interface LogServer {
  readonly kind: LogServerKind;
  readonly binary: FoundBinary;
}

/** What has to be fetched; nothing when one of the servers is at hand. */
export async function logServerNeeds(places: CompanionPlaces): Promise<readonly Need[]> {
  return (await atHand(places)) ? [] : binaryNeeds(lokiBinary, places);
}

/**
 * Gets a server where none is at hand: Loki's release, else VictoriaLogs, by its release or a build. Rejects with one
 * line that tells what was tried for both.
 */
export async function obtainLogServer(
  places: CompanionPlaces,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const present = await atHand(places);
  if (present) {
    await obtainBinary(programs[present.kind], { places, say, signal });
    return;
  }
  const why = await reason(obtainBinary(lokiBinary, { places, say, signal }));
  if (why === undefined) return;
  signal?.throwIfAborted();
  say(`${why}; taking VictoriaLogs in its place, which takes logs as Loki does`);
  const alsoWhy = await reason(obtainBinary(victoriaLogsBinary, { places, say, signal }));
  if (alsoWhy !== undefined) throw new Error(`${why}; and in its place: ${alsoWhy}`);
}

/**
 * The server of a unit: the one whose data it has, since the other could not read them; at first the better one that is
 * at hand. Undefined when the program has gone; rejects when a variable names something unusable.
 */
export async function logServerOf(dataDir: string, places: CompanionPlaces): Promise<LogServer | undefined> {
  const file = join(dataDir, 'server');
  const before = (await readFile(file, 'utf8').catch(() => '')).trim();
  const kind = kinds.find((each) => each === before);
  if (kind) {
    const { found } = await findBinary(programs[kind], places);
    return found && { kind, binary: found };
  }
  const server = await atHand(places);
  if (server) await writeFile(file, `${server.kind}\n`, { mode: 0o600 });
  return server;
}

async function atHand(places: CompanionPlaces): Promise<LogServer | undefined> {
  for (const kind of kinds) {
    const { found } = await findBinary(programs[kind], places);
    if (found) return { kind, binary: found };
  }
  return undefined;
}

async function reason(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
