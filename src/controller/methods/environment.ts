import type { Environment } from '../author-api.ts';
import { type Context, jujuVersion } from '../context.ts';
import { UserError } from '../errors.ts';
import { runQuery } from '../hook/query.ts';
import { unitPlaces } from '../places.ts';
import { readCharm } from '../store/charms.ts';
import { hookModel } from '../store/hook-model.ts';
import { needUnit } from './find.ts';

/** What a unit's workload is told and why, as the unit's charm explains it. */
export async function environment(
  context: Context,
  params: { readonly unit: string; readonly reveal: boolean },
  signal: AbortSignal,
): Promise<Environment> {
  const unit = needUnit(context, params.unit);
  const charm = readCharm(context.model, unit.charm);
  const what = `cannot explain the environment of ${unit.name}`;
  if (charm.origin === 'companion') throw new UserError(`${what}: ${charm.name} comes with charmlet and has none`);
  if (!unit.installed) throw new UserError(`${what}: its charm is not installed yet (charmlet status tells when)`);
  const places = unitPlaces(context.paths, context.model, unit.name);
  const printed = await runQuery({
    model: hookModel(context.model, context.logs, () => {}),
    unit: unit.name,
    name: 'environment',
    args: params.reveal ? ['--reveal'] : [],
    host: {
      charmDir: places.charm,
      server: context.hooks,
      containersDir: places.runtime,
      jujuVersion,
      enter: await context.charmViews.enter({ model: context.model, unit: unit.name, places }, charm),
    },
    signal,
  });
  const read = parse(printed);
  if (read === null) throw new UserError(`${what}: its charm did not print what was expected of it`);
  return read;
}

function parse(text: string): Environment | null {
  try {
    const read = JSON.parse(text) as Environment;
    return Array.isArray(read?.variables) ? read : null;
  } catch {
    return null;
  }
}
