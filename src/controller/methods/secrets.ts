import type { Methods } from '../api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { CommandError, UsageError } from '../hook/command-error.ts';
import { parseContent } from '../hook/commands/secret-content.ts';
import { goQuote } from '../hook/go-text.ts';
import type { SecretRecord } from '../hook/model.ts';
import { isApplicationName, isUnitName, newSecretId, parseSecretId, tagOf } from '../hook/names.ts';
import type { SecretInput } from '../secrets-api.ts';
import { findApplication } from '../store/applications.ts';
import type { Model } from '../store/models.ts';
import { secretIds, secretListing, userSecretByName } from '../store/secret-listing.ts';
import { addSecret, changeSecret } from '../store/secret-writes.ts';
import * as store from '../store/secrets.ts';

type Result<M extends keyof Methods> = Methods[M]['result'];
type Store = Pick<Context, 'model'>;

export async function addUserSecret(
  { model }: Store,
  { name, info, content }: Methods['addSecret']['params'],
): Promise<Result<'addSecret'>> {
  refuseOddName(name);
  const read = await readContent(content);
  if (Object.keys(read).length === 0) throw new UserError('missing secret value or filename', { exitCode: 2 });
  return model.db.transact(() => {
    refuseTakenName(model, name);
    const id = newSecretId();
    addSecret(model, { id, owner: store.modelTag(model), name, description: info, content: read });
    return { id };
  });
}

export async function updateUserSecret(
  { model }: Store,
  params: Methods['updateSecret']['params'],
): Promise<Result<'updateSecret'>> {
  const { newName, info, autoPrune } = params;
  if (newName !== undefined) refuseOddName(newName);
  const content = await readContent(params.content);
  const hasContent = Object.keys(content).length > 0;
  if (!hasContent && newName === undefined && info === undefined && autoPrune === undefined)
    throw new UserError('at least one attribute to update must be specified');
  return model.db.transact(() => {
    const { id, name } = needUserSecret(model, params.secret);
    if (newName !== undefined && newName !== name) refuseTakenName(model, newName);
    changeSecret(model, {
      id,
      ...(newName !== undefined && { name: newName }),
      ...(info !== undefined && { description: info }),
      ...(autoPrune !== undefined && { autoPrune }),
      ...(hasContent && { content }),
    });
    return {};
  });
}

export function removeUserSecret(
  { model }: Store,
  { secret, revision }: Methods['removeSecret']['params'],
): Result<'removeSecret'> {
  return model.db.transact(() => {
    const { id } = needUserSecret(model, secret);
    if (revision !== null && !store.secretContent(model, id, revision))
      throw new UserError(`secret revision "${id}/${revision}" not found`);
    store.removeSecret(model, id, revision);
    return {};
  });
}

/** Those that can be granted are, also when others are refused. No event tells of it, as in Juju. */
export function grantUserSecret(
  { model }: Store,
  { secret, applications }: Methods['grantSecret']['params'],
): Result<'grantSecret'> {
  const problems = model.db.transact(() => {
    const { id } = needUserSecret(model, secret);
    return applications.flatMap((name) => {
      const found = findApplication(model, name);
      const problem = !found
        ? `invalid subject reference: application ${goQuote(name)} not found`
        : found.life === 'dying'
          ? `cannot grant dying ${goQuote(store.applicationTag(name))} access to secret`
          : '';
      if (problem) return [`cannot change access to "secret:${id}" for ${goQuote(name)}: ${problem}`];
      store.grantSecret(model, id, { target: store.applicationTag(name), relation: null });
      return [];
    });
  });
  if (problems.length > 0) throw new UserError(`failed to grant/revoke secret: ${problems.join(', ')}`);
  return {};
}

/** An application that had no grant, or has gone, is no error, as in Juju. */
export function revokeUserSecret(
  { model }: Store,
  { secret, applications }: Methods['revokeSecret']['params'],
): Result<'revokeSecret'> {
  return model.db.transact(() => {
    const { id } = needUserSecret(model, secret);
    for (const name of applications) store.revokeSecret(model, id, store.applicationTag(name), null);
    return {};
  });
}

export function listSecrets({ model }: Store, { owner }: Methods['secrets']['params']): Result<'secrets'> {
  const tag = owner === undefined ? {} : { owner: ownerTag(owner) };
  return { secrets: secretIds(model, tag).map((id) => secretListing(model, id, null)) };
}

export function showSecret(
  { model }: Store,
  { secret, revision, reveal }: Methods['showSecret']['params'],
): Result<'showSecret'> {
  const id = idIn(secret);
  const ids = id === null ? secretIds(model, { name: secret }) : store.findSecret(model, id) ? [id] : [];
  if (ids.length === 0) throw new UserError(`secret ${goQuote(id ?? secret)} not found`);
  const secrets = ids.map((each) => {
    const latest = store.findSecret(model, each)!.latest;
    const listing = secretListing(model, each, reveal ? revision || latest : null);
    if (revision === 0) return listing;
    const revisions = listing.revisions.filter((one) => one.revision === revision);
    // Juju's own spelling.
    if (revisions.length === 0) throw new UserError(`revison ${revision} for secret "secret:${each}" not found`);
    return { ...listing, revisions };
  });
  return { secrets };
}

/** By id or name; only what users have added is theirs to change. */
function needUserSecret(model: Model, text: string): SecretRecord {
  const id = idIn(text);
  const found = store.findSecret(model, id ?? userSecretByName(model, text) ?? '');
  if (!found) throw new UserError(`secret ${goQuote(id === null ? text : `secret:${id}`)} not found`);
  if (found.owner !== store.modelTag(model)) throw new UserError('permission denied');
  return found;
}

/** The bare id in any of its spellings; null for a name. */
function idIn(text: string): string | null {
  try {
    return parseSecretId(text);
  } catch {
    return null;
  }
}

/** Juju takes such names, and then cannot find the secret by them. */
function refuseOddName(name: string): void {
  const why =
    name === '' ? 'it is empty' : idIn(name) !== null || name.startsWith('secret:') ? 'it reads as an ID' : '';
  if (why) throw new UserError(`cannot name a secret ${goQuote(name)}: ${why} (choose another)`, { exitCode: 2 });
}

function refuseTakenName(model: Model, name: string): void {
  if (userSecretByName(model, name)) throw new UserError(`secret with name ${goQuote(name)} already exists`);
}

function ownerTag(owner: string): string {
  const name = /^unit-(.+)-([0-9]+)$/.exec(owner)?.slice(1).join('/') ?? owner.replace(/^application-/, '');
  const isOwner = isUnitName(name) ? owner.startsWith('unit-') : isApplicationName(name) && name !== owner;
  if (!isOwner)
    throw new UserError(`invalid owner ${goQuote(owner)} (application-<name> or unit-<application>-<number>)`);
  return tagOf(name);
}

async function readContent({ words, yaml }: SecretInput): Promise<Record<string, string>> {
  try {
    return await parseContent(words, yaml === undefined ? undefined : '--file', {
      text: () => yaml ?? '',
      bytes: () => {
        throw new UsageError('a value of the form key#file is taken from the command line only');
      },
    });
  } catch (error) {
    if (error instanceof UsageError) throw new UserError(error.message, { exitCode: 2 });
    if (error instanceof CommandError) throw new UserError(error.message);
    throw error;
  }
}
