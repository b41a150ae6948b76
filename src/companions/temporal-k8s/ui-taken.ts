import { describeHolder, type PortHolder } from '../port-holder.ts';
import type { TemporalSettings } from './settings.ts';

/** Why there is no web UI, and what to do. `holder` is absent when the port has become free since the server's start. */
export function uiTaken({ uiPort }: TemporalSettings, holder: PortHolder | undefined, application: string): string {
  const taken = holder ? `taken by ${describeHolder(holder)}` : 'was taken at the start';
  return `no web UI: port ${uiPort} ${taken} (charmlet config ${application} ui-port=<free port>)`;
}
