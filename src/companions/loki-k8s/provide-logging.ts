import type { CompanionUnit } from '../../controller/companion.ts';
import { type HookCommandRunner, relationIds } from '../../hookcmds/index.ts';
import { keepDatabag } from '../observability/related.ts';

/** Tells related applications where to push their logs (`loki_push_api`, provider). */
export async function provideLogging(
  tools: HookCommandRunner,
  unit: CompanionUnit,
  { pushUrl, broken }: { readonly pushUrl: string; readonly broken: string | undefined },
): Promise<void> {
  for (const relationId of await relationIds(tools, 'logging')) {
    if (relationId === broken) continue;
    const bag = { endpoint: JSON.stringify({ url: pushUrl }), public_address: '127.0.0.1' };
    await keepDatabag(tools, { relationId, entity: unit.name }, bag);
  }
}
