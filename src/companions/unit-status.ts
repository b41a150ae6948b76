import {
  closePort,
  type HookCommandRunner,
  openedPorts,
  openPort,
  type StatusName,
  statusGet,
  statusSet,
} from '../hookcmds/index.ts';

export interface UnitStatus {
  readonly name: StatusName;
  readonly message: string;
}

export const startingStatus = (name: string): UnitStatus => ({ name: 'maintenance', message: `starting ${name}` });

/** Sets the status of the unit, unless it stands already. */
export async function showStatus(tools: HookCommandRunner, status: UnitStatus): Promise<void> {
  const now = await statusGet(tools);
  if (now.status !== status.name || now.message !== status.message) await statusSet(tools, status);
}

/** Opens these ports of the unit (`9090/tcp`) and closes all others; writes nothing when they are as they should be. */
export async function tellPorts(tools: HookCommandRunner, ports: readonly number[]): Promise<void> {
  const wanted = ports.map((port) => `${port}/tcp`);
  const open = await openedPorts(tools);
  for (const other of open) if (!wanted.includes(other)) await closePort(tools, other);
  for (const port of wanted) if (!open.includes(port)) await openPort(tools, port);
}
