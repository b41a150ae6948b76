import { UserError } from '../errors.ts';
import { type ApplicationRecord, charmOf, findApplication, readApplication } from './applications.ts';
import type { Model } from './models.ts';
import { isAcrossModels, type RelationView, relationsOf, type SideRecord } from './relations.ts';
import { findSaas, type OfferedEndpoint, type SaasRecord } from './saas.ts';

/** An end that a relation may have: of an application of the model, or of one that it consumes. */
export interface Endpoint {
  readonly of: Party;
  readonly name: string;
  readonly role: SideRecord['role'];
  readonly interface: string;
  readonly limit: number | null;
  readonly implicit?: true;
}

/** Either of them is called by its name. */
export type Party =
  | { readonly kind: 'application'; readonly name: string; readonly application: ApplicationRecord }
  | { readonly kind: 'saas'; readonly name: string; readonly saas: SaasRecord };

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
  const named = texts.map((text) => split(model, text));
  const local = named.find(({ party }) => party.kind === 'application');
  const other = named.find((each) => each !== local);
  const matching =
    local?.party.kind !== 'application' || !other
      ? []
      : relationsOf(model, local.party.application.id).filter(
          (view) =>
            view.own.role !== 'peer' &&
            isParty(view, other.party) &&
            [local.endpoint, ''].includes(local.endpoint && view.own.endpoint) &&
            [other.endpoint, ''].includes(other.endpoint && view.remote.endpoint),
        );
  if (matching.length === 0) throw new UserError(`relation matching "${texts.join(' ')}" not found`);
  if (matching.length > 1) throw ambiguous(texts, matching.map(viewKey));
  return matching[0]!;
}

/** Whether the party is on the far side of the relation. */
function isParty(view: RelationView, party: Party): boolean {
  if (isAcrossModels(view)) return party.kind === 'saas' && view.remote.name === party.name;
  return party.kind === 'application' && view.remote.application === party.application.id;
}

/** `worker:database pg:database`, the requirer first: how Juju names a relation. */
export function relationKey(pair: Pair): string {
  return pair.map(({ of, name }) => `${of.name}:${name}`).join(' ');
}

/** The key of a relation that is there; `worker:peer` for a peer relation. */
export function viewKey(view: RelationView): string {
  // Whatever the other model calls it, an application has its own name in its own.
  const own = { ...view.own, name: readApplication(view.own.model, view.own.application).name };
  const sides = view.own.role === 'peer' ? [own] : [own, view.remote].sort(byRole);
  return sides.map((side) => `${side.name}:${side.endpoint}`).join(' ');
}

interface Named {
  readonly party: Party;
  /** Empty when none was given. */
  readonly endpoint: string;
}

function split(model: Model, text: string): Named {
  const [name = '', endpoint, ...more] = text.split(':');
  if (name === '' || endpoint === '' || more.length > 0)
    throw new UserError(`invalid endpoint "${text}" (an application, or application:endpoint)`, { exitCode: 2 });
  const application = findApplication(model, name);
  if (application) return { party: { kind: 'application', name, application }, endpoint: endpoint ?? '' };
  const saas = findSaas(model, name);
  if (saas) return { party: { kind: 'saas', name, saas }, endpoint: endpoint ?? '' };
  throw new UserError(`application "${name}" not found`);
}

/** The endpoints that a text may mean; never those of peer relations. */
function endpointsOf(model: Model, text: string): Endpoint[] {
  const { party, endpoint } = split(model, text);
  const endpoints: Readonly<Record<string, OfferedEndpoint>> =
    party.kind === 'saas' ? party.saas.endpoints : charmOf(model, party.application).spec.endpoints;
  const known = Object.keys(endpoints).sort();
  if (endpoint !== '' && !known.includes(endpoint)) {
    const advice = known.length > 0 ? `it has ${known.join(', ')}` : 'it has none';
    const what = party.kind === 'saas' ? 'saas application' : 'application';
    throw new UserError(`${what} "${party.name}" has no "${endpoint}" relation (${advice})`);
  }
  return (endpoint === '' ? known : [endpoint])
    .map((name) => ({ ...endpoints[name]!, of: party, name }))
    .filter(({ role }) => role !== 'peer');
}

/** Two applications that are both elsewhere cannot be related from here. */
function canRelate(one: Endpoint, other: Endpoint): boolean {
  const isLocal = one.of.kind === 'application' || other.of.kind === 'application';
  return isLocal && one.of.name !== other.of.name && one.interface === other.interface && one.role !== other.role;
}

function ordered(one: Endpoint, other: Endpoint): Pair {
  return one.role === 'requires' ? [one, other] : [other, one];
}

function byRole(a: Pick<SideRecord, 'role'>, b: Pick<SideRecord, 'role'>): number {
  return (a.role === 'requires' ? 0 : 1) - (b.role === 'requires' ? 0 : 1);
}

function ambiguous(texts: readonly string[], keys: readonly string[]): UserError {
  return new UserError(
    `ambiguous relation: "${texts.join(' ')}" could refer to ${keys.map((key) => `"${key}"`).join('; ')}`,
  );
}

/** What the two sides have to offer, for whoever wonders why nothing fits. */
function whyNone(texts: readonly string[], first: readonly Endpoint[], second: readonly Endpoint[]): string {
  if (first[0] && first[0].of.name === second[0]?.of.name) return 'a relation joins two applications';
  return [first, second]
    .map((endpoints, index) => {
      const list = endpoints.map(({ name, role, interface: kind }) => `${name} (${role} ${kind})`);
      return `${texts[index]?.split(':')[0]} has ${list.join(', ') || 'no endpoint that can be related'}`;
    })
    .join('; ');
}
