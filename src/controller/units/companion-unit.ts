import type { CompanionUnit } from '../companion.ts';
import type { Context } from '../context.ts';
import type { ConfigValue } from '../hook/model.ts';
import { containerPlaces, unitPlaces } from '../places.ts';
import { effectiveOptions, readApplication } from '../store/applications.ts';
import { readCharm } from '../store/charms.ts';
import type { UnitRecord } from '../store/units.ts';

/** The unit as its companion sees it. */
export function companionUnit(context: Context, unit: UnitRecord): CompanionUnit {
  const { model, paths, env } = context;
  const places = unitPlaces(paths, model, unit.name);
  const { containers } = readCharm(model, unit.charm).spec;
  const options = Object.entries(effectiveOptions(model, readApplication(model, unit.application)));
  return {
    name: unit.name,
    model: { name: model.name, uuid: model.uuid },
    dataDir: places.data,
    places: { cache: paths.cache, env },
    pebbleSockets: Object.fromEntries(
      Object.keys(containers).map((name) => [name, containerPlaces(places, name).socket]),
    ),
    config: Object.fromEntries(options.filter((entry): entry is [string, ConfigValue] => entry[1] !== null)),
    controllerMetrics: context.metricsAddress,
  };
}
