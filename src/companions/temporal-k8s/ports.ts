import { describeHolder, type PortHolder, portHolder } from '../port-holder.ts';
import { databaseFile } from './layer.ts';
import type { TemporalSettings } from './settings.ts';

/** The process other than our own server that has the port. Ours is known by its database file. */
export async function foreignHolder(port: number, dataDir: string): Promise<PortHolder | undefined> {
  const holder = await portHolder(port);
  return holder?.argv.includes(`--db-filename=${databaseFile(dataDir)}`) ? undefined : holder;
}

/** Why the server cannot run, and what to do. */
export function frontendTaken({ port }: TemporalSettings, holder: PortHolder, application: string): string {
  const taken = `port taken by ${describeHolder(holder)}`;
  return `cannot listen on 127.0.0.1:${port}: ${taken} (charmlet config ${application} port=<free port>)`;
}

/** Why there is no web UI, and what to do. `holder` is absent when the port has become free since the server's start. */
export function uiTaken({ uiPort }: TemporalSettings, holder: PortHolder | undefined, application: string): string {
  const taken = holder ? `taken by ${describeHolder(holder)}` : 'was taken at the start';
  return `no web UI: port ${uiPort} ${taken} (charmlet config ${application} ui-port=<free port>)`;
}
