import type { SupervisorSpec } from './spec.ts';
import { View } from './workload/view.ts';

/** A process for somebody else to start, in the machine's words. */
export interface WorkloadProcess {
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
}

/**
 * How to start a command inside of a container's view, beside its services: with the daemon's environment and `env` on
 * top, in `/`. Works whether or not the supervisor runs. Throws when there is no such program.
 */
export async function workloadProcess(
  spec: SupervisorSpec,
  command: readonly string[],
  { env = {} }: { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<WorkloadProcess> {
  const view = await View.open(spec);
  const {
    argv,
    env: environment,
    cwd,
  } = view.launch({
    words: command,
    env: { ...view.environment, ...env },
    workingDir: '',
  });
  return { argv, env: environment, cwd };
}
