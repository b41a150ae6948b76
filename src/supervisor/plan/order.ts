import { PlanFormatError, type Service } from './types.ts';

type Services = Readonly<Record<string, Service>>;

/** The named services and all that they require, in the order of their start, one list per lane. Lanes may run side by side. */
export function startOrder(services: Services, names: readonly string[]): string[][] {
  return intoLanes(services, order(services, names, 'start'));
}

/** The named services and all that require them, in the order of their stop, one list per lane. */
export function stopOrder(services: Services, names: readonly string[]): string[][] {
  return intoLanes(services, order(services, names, 'stop'));
}

function order(services: Services, names: readonly string[], direction: 'start' | 'stop'): string[] {
  const involved = new Set<string>();
  const pending = [...names];
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (involved.has(name)) continue;
    involved.add(name);
    if (direction === 'start') pending.push(...(known(services, name).requires ?? []));
    else pending.push(...Object.keys(services).filter((other) => services[other]?.requires?.includes(name)));
  }
  // successors: what has to come before.
  const successors = new Map([...involved].map((name) => [name, [] as string[]]));
  for (const name of [...involved].sort()) {
    const service = known(services, name);
    const [after, before] = direction === 'start' ? [service.after, service.before] : [service.before, service.after];
    for (const other of after ?? []) if (involved.has(other)) successors.get(name)?.push(other);
    for (const other of before ?? []) successors.get(other)?.push(name);
  }
  return tarjan(successors).map((component) => {
    if (component.length > 1) {
      throw new PlanFormatError(`services in before/after loop: ${component.sort().join(', ')}`);
    }
    return component[0] as string;
  });
}

/** Services that require each other share a lane, as in Pebble's `createLanes`. */
function intoLanes(services: Services, names: readonly string[]): string[][] {
  const laneOf = new Map<string, number>();
  let lane = -1;
  for (const name of names) {
    const requires = known(services, name).requires ?? [];
    const found = laneOf.get(name) ?? requires.map((other) => laneOf.get(other)).find((other) => other !== undefined);
    lane = found ?? lane + 1;
    laneOf.set(name, lane);
    for (const other of requires) laneOf.set(other, lane);
  }
  const lanes: string[][] = [];
  for (const name of names) {
    const at = laneOf.get(name) as number;
    lanes[at] = [...(lanes[at] ?? []), name];
  }
  return lanes.filter((members) => members !== undefined);
}

function known(services: Services, name: string): Service {
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (!service) throw new PlanFormatError(`service "${name}" does not exist`);
  return service;
}

/** Tarjan's strongly connected components; components come out after everything that they point to. */
function tarjan(successors: ReadonlyMap<string, readonly string[]>): string[][] {
  const output: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (name: string): void => {
    const own = index.size;
    index.set(name, own);
    low.set(name, own);
    stack.push(name);
    for (const next of successors.get(name) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(name, Math.min(low.get(name) as number, low.get(next) as number));
      } else if (stack.includes(next)) {
        low.set(name, Math.min(low.get(name) as number, index.get(next) as number));
      }
    }
    if (low.get(name) === own) output.push(stack.splice(stack.indexOf(name)));
  };
  for (const name of [...successors.keys()].sort()) if (!index.has(name)) visit(name);
  return output;
}
