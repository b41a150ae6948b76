import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeHolder, foreignHolder, type PortHolder, portTaken } from './port-holder.ts';

export interface PortWish {
  /** What the port is for: `http`; names its place in the unit's memory and must be unique in a unit. */
  readonly purpose: string;
  /** The option's value; 0 lets us choose. */
  readonly wanted: number;
  /** The port that everybody knows the server by. */
  readonly standard: number;
  /** The unit's directory: our own server is known by it among all processes, for it is in its arguments. */
  readonly dataDir: string;
  readonly application: string;
}

/** `note` tells why it is not the standard port; `problem` why there is none. */
export type ChosenPort =
  | { readonly port: number; readonly note?: string }
  | { readonly port?: never; readonly problem: string };

/**
 * The port for a server on 127.0.0.1. A port that the user names is taken or refused. Otherwise it is the one of the
 * last time, so that addresses others were given stay true, else the standard one, else the next free one 10,000
 * further on, so that neighbours' standard ports stay theirs.
 */
export async function choosePort(wish: PortWish): Promise<ChosenPort> {
  if (wish.wanted !== 0) {
    const holder = await foreignHolder(wish.wanted, wish.dataDir);
    return holder ? { problem: portTaken(wish.wanted, holder, wish.application) } : { port: wish.wanted };
  }
  const memory = await remembered(wish.dataDir);
  const before = memory[wish.purpose];
  const standardHolder = await foreignHolder(wish.standard, wish.dataDir);
  if (before !== undefined && !(await foreignHolder(before, wish.dataDir))) {
    return before === wish.standard ? { port: before } : { port: before, note: moved(wish, before, standardHolder) };
  }
  for (let port = wish.standard; port < 65536; port += 10_000) {
    const holder = port === wish.standard ? standardHolder : await foreignHolder(port, wish.dataDir);
    if (holder) continue;
    await remember(wish.dataDir, { ...memory, [wish.purpose]: port });
    return port === wish.standard ? { port } : { port, note: moved(wish, port, standardHolder) };
  }
  return { problem: portTaken(wish.standard, standardHolder ?? { argv: [] }, wish.application) };
}

function moved({ standard }: PortWish, port: number, holder: PortHolder | undefined): string {
  return `port ${standard} ${holder ? `is taken by ${describeHolder(holder)}` : 'was taken at the start'}: using ${port}`;
}

const file = (dataDir: string) => join(dataDir, 'ports.json');

async function remembered(dataDir: string): Promise<Record<string, number>> {
  try {
    const ports: unknown = JSON.parse(await readFile(file(dataDir), 'utf8'));
    const entries = Object.entries(ports ?? {}).filter(([, port]) => Number.isInteger(port) && port > 0);
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

async function remember(dataDir: string, ports: Readonly<Record<string, number>>): Promise<void> {
  await writeFile(`${file(dataDir)}.new`, `${JSON.stringify(ports)}\n`, { mode: 0o600 });
  await rename(`${file(dataDir)}.new`, file(dataDir));
}
