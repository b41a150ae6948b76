import { Failure } from './failure.ts';
import type { Invocation } from './verb.ts';

/** The units with `app/leader` replaced by the unit that leads. */
export async function unitsOf(call: Invocation, names: readonly string[]): Promise<string[]> {
  if (!names.some((name) => name.endsWith('/leader'))) return [...names];
  const { applications } = await call.client.call('status', { selectors: [] });
  return names.map((name) => {
    if (!name.endsWith('/leader')) return name;
    const application = name.slice(0, -'/leader'.length);
    if (!applications[application]) throw new Failure(`application "${application}" not found`);
    const leader = Object.entries(applications[application].units ?? {}).find(([, unit]) => unit.leader)?.[0];
    if (!leader) throw new Failure(`could not determine leader for "${application}"`);
    return leader;
  });
}
