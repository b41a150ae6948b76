import { constants } from 'node:os';
import type { Task, TaskPlan } from '../changes/change.ts';
import type { ChangeBook } from '../changes/change-book.ts';
import type { Checks } from '../checks/checks.ts';
import { startOrder, stopOrder } from '../plan/order.ts';
import type { PlanStore } from '../plan/plan-store.ts';
import { PlanFormatError } from '../plan/types.ts';
import type { Services } from '../services/services.ts';
import { type Answer, accepted, badRequest, type Call, commaList, Refusal, readJson, sync } from './answer.ts';
import type { Route } from './server.ts';

type Lanes = readonly (readonly string[])[];

export interface ServicesParts {
  readonly plan: PlanStore;
  readonly services: Services;
  readonly checks: Checks;
  readonly changes: ChangeBook;
}

const servicesBody = { struct: '', fields: { action: 'string', services: { list: 'string' } } } as const;
const signalsBody = { struct: 'signalsPayload', fields: { signal: 'string', services: { list: 'string' } } } as const;

/** GET and POST /v1/services, POST /v1/signals. */
export function servicesRoutes(parts: ServicesParts): Route[] {
  return [
    {
      path: '/v1/services',
      GET: (call) => sync(parts.services.infos(commaList(call.query, 'names'))),
      POST: (call) => postServices(parts, call),
    },
    { path: '/v1/signals', POST: (call) => postSignals(parts.services, call) },
  ];
}

async function postServices(parts: ServicesParts, call: Call): Promise<Answer> {
  const { action = '', services: asked = [] } = await readJson(
    call,
    'cannot decode data from request body',
    servicesBody,
  );
  let names = asked;
  if (action === 'replan' || action === 'autostart') {
    if (names.length > 0) throw badRequest(`${action} accepts no service names`);
  } else if (names.length === 0) throw badRequest(`must specify services for ${action} action`);
  if (action === 'autostart') {
    names = parts.services.defaultNames();
    if (names.length === 0) throw new Refusal(400, 'no default services', 'no-default-services');
  }
  try {
    const { stop, start, shown } = lanesFor(parts, action, names);
    return accepted(createChange(parts, { action, stop, start, shown }));
  } catch (error) {
    if (error instanceof PlanFormatError) throw badRequest(`cannot ${action} services: ${error.message}`);
    throw error;
  }
}

/** What to stop and what to start for an action. `shown` are the services that the summary counts; the first is named. */
function lanesFor(
  parts: ServicesParts,
  action: string,
  names: readonly string[],
): { stop: Lanes; start: Lanes; shown: readonly string[] } {
  const { services } = parts.plan.plan;
  switch (action) {
    case 'start':
    case 'autostart': {
      const start = startOrder(services, names);
      return { stop: [], start, shown: namedFirst(names, start.flat()) };
    }
    case 'stop': {
      const stop = stopOrder(services, names);
      return { stop, start: [], shown: namedFirst(names, stop.flat()) };
    }
    case 'restart': {
      const stop = stopOrder(services, names).map((lane) => lane.filter((name) => names.includes(name)));
      const start = startOrder(services, names);
      return { stop: stop.filter((lane) => lane.length > 0), start, shown: namedFirst(names, start.flat()) };
    }
    case 'replan': {
      const replanned = parts.services.replan();
      parts.checks.replan();
      return { ...replanned, shown: [...new Set([...replanned.stop.flat(), ...replanned.start.flat()])].sort() };
    }
    default:
      throw badRequest(`invalid action "${action}"`);
  }
}

function createChange(
  parts: ServicesParts,
  of: { action: string; stop: Lanes; start: Lanes; shown: readonly string[] },
): string {
  const { action, stop, start, shown } = of;
  const title = action.charAt(0).toUpperCase() + action.slice(1);
  const more = shown.length > 1 ? ` and ${shown.length - 1} more` : '';
  const summary = shown.length === 0 ? `${title} - no services` : `${title} service "${shown[0]}"${more}`;
  const change = parts.changes.create({
    kind: action,
    summary,
    services: shown,
    tasks: (add) => {
      const stopTasks = addLanes(add, stop, {
        from: 1,
        after: [],
        make: (...task) => parts.services.stopTask(...task),
      });
      addLanes(add, start, {
        from: 1 + stop.length,
        after: stopTasks,
        make: (...task) => parts.services.startTask(...task),
      });
    },
  });
  return change.id;
}

/** Adds the tasks of lanes, each waiting for the one before it in its lane and for all of `after`. */
function addLanes(
  add: (task: TaskPlan) => Task,
  lanes: Lanes,
  options: {
    from: number;
    after: readonly Task[];
    make: (name: string, lane: number, waitsFor: readonly Task[]) => TaskPlan;
  },
): Task[] {
  return lanes.flatMap((names, index) => {
    const tasks: Task[] = [];
    for (const name of names) {
      const waitsFor = [...options.after, ...tasks.slice(-1)];
      tasks.push(add(options.make(name, options.from + index, waitsFor)));
    }
    return tasks;
  });
}

function namedFirst(names: readonly string[], all: readonly string[]): string[] {
  return [...new Set([...names.slice(0, 1), ...all])];
}

async function postSignals(services: Services, call: Call): Promise<Answer> {
  const { signal = '', services: names = [] } = await readJson(call, 'cannot decode request body', signalsBody);
  if (names.length === 0) throw badRequest('must specify one or more services');
  try {
    services.signal(names, signal, (name) => Object.hasOwn(constants.signals, name));
  } catch (error) {
    throw new Refusal(500, (error as Error).message);
  }
  return sync(true);
}
