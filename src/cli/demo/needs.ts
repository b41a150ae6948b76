import type { Need } from '../../controller/api.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../verb.ts';

/** What is said before the first byte is fetched: what, how large, how long. */
export async function tellNeeds(call: Invocation, charm: string): Promise<void> {
  const { needs } = await call.client.call('needs', { charm }).catch((error: unknown) => {
    if (error instanceof Failure) throw new Failure(`cannot begin the demo: ${error.message}`, 1, { cause: error });
    throw error;
  });
  call.out(
    'This runs a real Temporal server, deploys a worker and lets it complete a workflow. Each step is a command you could type.\n',
  );
  if (needs.length === 0) {
    call.out('Everything that is needed is on this machine; it takes about ten seconds.\n');
    return;
  }
  for (const need of needs) call.out(`${describe(need)}\n`);
  const seconds = needs.reduce((sum, need) => sum + need.seconds, 0);
  call.out(`In all it takes about ${time(seconds + 15)}, the next time about ten seconds.\n`);
}

/** `Will be downloaded: Temporal CLI 1.5.1, about 45 MB, about 20 s`. */
export function describe(need: Need): string {
  const how = need.how === 'build' ? 'Will be built with Go' : 'Will be downloaded';
  return `${how}: ${need.what}, about ${need.megabytes} MB, about ${time(need.seconds)}`;
}

function time(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1).replace(/\.0$/, '')} minutes`;
}
