import { serviceName } from '../../charm/layer.ts';
import type { Known, ServiceFact, Workload } from '../../charm/types.ts';
import { readMany } from '../pebble/read-many.ts';
import type { CheckInfo, ServiceInfo } from '../pebble/types.ts';
import type { World } from './world.ts';

/** How long Pebble may take for one answer. */
export const pebbleTimeoutMs = 4000;

/** What one wave of requests tells of the container, and the plan's text for whoever has to read it. */
export interface WorkloadLook {
  readonly workload: Known<Workload>;
  readonly planText: string;
}

/** Reads services, plan and checks at once. Pebble that cannot be reached, or refuses, is an unknown workload. */
export async function readWorkload({ socket, fingerprints }: World): Promise<WorkloadLook> {
  try {
    const paths = [`/v1/services?names=${serviceName}`, '/v1/plan?format=yaml', '/v1/checks'];
    const [services, plan, checks] = await readMany(socket, paths, pebbleTimeoutMs);
    const planText = (plan as string | undefined) ?? '';
    const notRead = { known: false, why: 'not read' } as const;
    const workload: Workload = {
      planTag: await fingerprints.planTag(planText),
      plan: notRead,
      service: serviceFact((services ?? []) as readonly ServiceInfo[]),
      checks: Object.fromEntries(((checks ?? []) as readonly CheckInfo[]).map(({ name, status }) => [name, status])),
      changes: notRead,
      files: notRead,
      script: notRead,
      processes: notRead,
      takenPort: notRead,
    };
    return { workload: { known: true, value: workload }, planText };
  } catch (error) {
    return { workload: { known: false, why: (error as Error).message }, planText: '' };
  }
}

function serviceFact(services: readonly ServiceInfo[]): ServiceFact | null {
  const service = services.find(({ name }) => name === serviceName);
  return service === undefined ? null : { current: service.current, since: service['current-since'] ?? null };
}
