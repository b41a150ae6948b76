import { UserError } from '../errors.ts';
import { type ApplicationRecord, charmOf, findApplication, readApplication } from './applications.ts';
import type { Model } from './models.ts';
import { type RelationView, relationsOf, type SideRecord } from './relations.ts';

/** An end that a relation may have. */
export interface Endpoint {
  readonly application: ApplicationRecord;
  readonly name: string;
  readonly role: SideRecord['role'];
  readonly interface: string;
  readonly limit: number | null;
  readonly implicit?: true;
}

type Pair = readonly [Endpoint, Endpoint];

/**
 * The pair of endpoints that two texts `<application>[:<endpoint>]` mean, the requirer first. Throws, in Juju's words,
 * when no pair fits or several do (`InferEndpoints` of juju/state).
 */
export function inferEndpoints(model: Model, texts: readonly [string, string]): Pair {
  const [first, second] = texts.map((text) => endpointsOf(model, text)) as [Endpoint[], Endpoint[]];
  const pairs = first.flatMap((one) =>
    second.filter((other) => canRelate(one, other)).map((other) => ordered(one, other)),
  );
  if (pairs.length === 0) throw new UserError(`no relations found (${whyNone(texts, first, second)})`);
  const explicit = pairs.filter((pair) => !pair.some(({ implicit }) => implicit));
  const [only, ...more] = explicit.length === 1 ? explicit : pairs;
  if (more.length > 0) throw ambiguous(texts, pairs.map(relationKey).sort());
  return only!;
}

/** The relation that two texts `<application>[:<endpoint>]` mean, or Juju's words that none or several fit. */
export function inferRelation(model: Model, texts: readonly [string, string]): RelationView {
  const [first, second] = texts.map((text) => split(model, text)) as [Named, Named];
  const matching = relationsOf(model, first.application.id).filter(
    ({ own, remote }) =>
      own.role !== 'peer' &&
      remote.application === second.application.id &&
      [first.endpoint, ''].includes(first.endpoint && own.endpoint) &&
      [second.endpoint, ''].includes(second.endpoint && remote.endpoint),
  );
  if (matching.length === 0) throw new UserError(`relation matching "${texts.join(' ')}" not found`);
  if (matching.length > 1)
    throw ambiguous(
      texts,
      matching.map((view) => viewKey(model, view)),
    );
  return matching[0]!;
}

/** `worker:database pg:database`, the requirer first: how Juju names a relation. */
export function relationKey(pair: Pair): string {
  return pair.map(({ application, name }) => `${application.name}:${name}`).join(' ');
}

/** The key of a relation that is there; `worker:peer` for a peer relation. */
export function viewKey(model: Model, view: RelationView): string {
  const sides = view.own.role === 'peer' ? [view.own] : [view.own, view.remote].sort(byRole);
  return sides.map((side) => `${readApplication(model, side.application).name}:${side.endpoint}`).join(' ');
}

interface Named {
  readonly application: ApplicationRecord;
  /** Empty when none was given. */
  readonly endpoint: string;
}

function split(model: Model, text: string): Named {
  const [name = '', endpoint, ...more] = text.split(':');
  if (name === '' || endpoint === '' || more.length > 0)
    throw new UserError(`invalid endpoint "${text}" (an application, or application:endpoint)`, { exitCode: 2 });
  const application = findApplication(model, name);
  if (!application) throw new UserError(`application "${name}" not found`);
  return { application, endpoint: endpoint ?? '' };
}

/** The endpoints that a text may mean; never those of peer relations. */
function endpointsOf(model: Model, text: string): Endpoint[] {
  const { application, endpoint } = split(model, text);
  const { endpoints } = charmOf(model, application).spec;
  const known = Object.keys(endpoints).sort();
  if (endpoint !== '' && !known.includes(endpoint)) {
    const advice = known.length > 0 ? `it has ${known.join(', ')}` : 'it has none';
    throw new UserError(`application "${application.name}" has no "${endpoint}" relation (${advice})`);
  }
  return (endpoint === '' ? known : [endpoint])
    .map((name) => ({ ...endpoints[name]!, application, name }))
    .filter(({ role }) => role !== 'peer');
}

function canRelate(one: Endpoint, other: Endpoint): boolean {
  return one.application.id !== other.application.id && one.interface === other.interface && one.role !== other.role;
}

function ordered(one: Endpoint, other: Endpoint): Pair {
  return one.role === 'requires' ? [one, other] : [other, one];
}

function byRole(a: SideRecord, b: SideRecord): number {
  return (a.role === 'requires' ? 0 : 1) - (b.role === 'requires' ? 0 : 1);
}

function ambiguous(texts: readonly string[], keys: readonly string[]): UserError {
  return new UserError(
    `ambiguous relation: "${texts.join(' ')}" could refer to ${keys.map((key) => `"${key}"`).join('; ')}`,
  );
}

/** What the two sides have to offer, for whoever wonders why nothing fits. */
function whyNone(texts: readonly string[], first: readonly Endpoint[], second: readonly Endpoint[]): string {
  if (first[0] && first[0].application.id === second[0]?.application.id) return 'a relation joins two applications';
  return [first, second]
    .map((endpoints, index) => {
      const list = endpoints.map(({ name, role, interface: kind }) => `${name} (${role} ${kind})`);
      return `${texts[index]?.split(':')[0]} has ${list.join(', ') || 'no endpoint that can be related'}`;
    })
    .join('; ');
}
