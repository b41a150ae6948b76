import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runningSupervisor } from './pid-file.ts';
import { familyMembers, signalAll } from './process/family.ts';
import { isAlive, machineBootId } from './process/proc.ts';
import { type ProcessRecord, ProcessRecords } from './process/record.ts';
import type { SupervisorSpec } from './spec.ts';

/** The longest kill-delay that a charm may ask for, and what Pebble adds to it. */
const longestStopMs = 5 * 60_000 + 10_000;
/** The supervisor is not the caller's child, so its end has to be looked for. */
const lookMs = 50;

/**
 * Ends a container's supervisor as SIGTERM does: it stops its services and goes. Resolves when it, and every process of
 * its services, is gone, also when it was dead already and left them running.
 */
export async function endSupervisor(
  spec: Pick<SupervisorSpec, 'dir'>,
  { timeoutMs = longestStopMs }: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const pid = runningSupervisor(spec.dir);
  if (pid !== null) {
    signalAll([pid], 'SIGTERM');
    const deadline = Date.now() + timeoutMs;
    while (runningSupervisor(spec.dir) === pid) {
      if (Date.now() > deadline) signalAll([pid], 'SIGKILL');
      await sleep(lookMs);
    }
  }
  const dir = join(spec.dir, 'processes');
  if (!existsSync(dir)) return;
  const records = new ProcessRecords(dir);
  await Promise.all(records.read().map((record) => endService(record)));
  for (const { service } of records.read()) records.remove(service);
}

async function endService(record: ProcessRecord): Promise<void> {
  if (record.machineBootId !== machineBootId()) return;
  // The group's id is the pid's: when that belongs to another process by now, so does the group.
  const pid = isAlive(record.pid, record.startTime) ? record.pid : -1;
  const family = { ...record, pid };
  signalAll(pid > 0 ? [-pid] : [], 'SIGTERM');
  const deadline = Date.now() + record.killDelayMs;
  for (let members = familyMembers(family); members.length > 0; members = familyMembers(family)) {
    if (Date.now() > deadline) signalAll(members, 'SIGKILL');
    await sleep(lookMs);
  }
}
