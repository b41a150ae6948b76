import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HookCommandRunner, runForJson, runForText } from './runner.ts';

export type SecretContent = Readonly<Record<string, string>>;

/** How a secret is described; what is absent is left as it is (`secret-set`) or empty (`secret-add`). */
export interface SecretDescription {
  readonly label?: string;
  readonly description?: string;
  /** RFC 3339, or a duration such as `72h`. */
  readonly expire?: string;
  readonly rotate?: 'never' | 'hourly' | 'daily' | 'weekly' | 'monthly' | 'quarterly' | 'yearly';
}

/** A secret's values on their way to Juju: by files of mode 0600 in `scratchDir`, removed afterwards, never by argument. */
export interface NewContent {
  readonly content: SecretContent;
  /** A directory of the caller's own, for example the charm's or the companion's data directory. */
  readonly scratchDir: string;
}

/** Which secret, and which of its revisions. */
export interface SecretQuery {
  /** `secret:ID`, a bare id or a full URI; may be left out when `label` names a secret that was read before. */
  readonly id?: string;
  readonly label?: string;
  /** `tracked`: the revision that this unit is pinned to. `peek`: the latest, once. `refresh`: the latest from now on. */
  readonly revision?: 'tracked' | 'peek' | 'refresh';
}

/** `secret-get`: the decoded content. Rejects with Juju's `permission denied` or `secret "x" not found`. */
export async function secretGet(runner: HookCommandRunner, query: SecretQuery): Promise<SecretContent> {
  const args: string[] = query.id === undefined ? [] : [query.id];
  if (query.label !== undefined) args.push('--label', query.label);
  if (query.revision === 'peek' || query.revision === 'refresh') args.push(`--${query.revision}`);
  return (await runForJson(runner, { command: 'secret-get', args })) as SecretContent;
}

/** `secret-add`: a new secret of this unit or, on the leader, of the application. Returns its URI, which is valid inside the hook already. */
export function secretAdd(
  runner: HookCommandRunner,
  secret: NewContent & SecretDescription & { readonly owner: 'unit' | 'application' },
): Promise<string> {
  return withContentFiles(secret, async (files) => {
    const args = ['--owner', secret.owner, ...describe(secret), ...files];
    return (await runForText(runner, { command: 'secret-add', args })).trim();
  });
}

/** `secret-set`: another description and, with `content`, a new revision that replaces the whole content. */
export async function secretSet(
  runner: HookCommandRunner,
  secret: { readonly id: string; readonly new?: NewContent } & SecretDescription,
): Promise<void> {
  const args = [secret.id, ...describe(secret)];
  if (secret.new === undefined) {
    await runForText(runner, { command: 'secret-set', args });
    return;
  }
  await withContentFiles(secret.new, (files) =>
    runForText(runner, { command: 'secret-set', args: [...args, ...files] }),
  );
}

/** What `secret-info-get` tells an owner. */
export interface SecretInfo {
  readonly id: string;
  readonly revision: number;
  readonly label: string;
  readonly owner: string;
}

/** `secret-info-get`: an owned secret's metadata by id or label; rejects with `secret "x" not found`. */
export async function secretInfoGet(
  runner: HookCommandRunner,
  query: { readonly id: string } | { readonly label: string },
): Promise<SecretInfo> {
  const args = 'id' in query ? [query.id] : ['--label', query.label];
  const answer = await runForJson(runner, { command: 'secret-info-get', args });
  const [id, info] = Object.entries((answer ?? {}) as Record<string, Partial<SecretInfo>>)[0] ?? ['', {}];
  return { id, revision: info.revision ?? 0, label: info.label ?? '', owner: info.owner ?? '' };
}

/** `secret-ids`: bare ids of the secrets that the unit owns, and its application's when it leads. */
export async function secretIds(runner: HookCommandRunner): Promise<readonly string[]> {
  return ((await runForJson(runner, { command: 'secret-ids', args: [] })) ?? []) as string[];
}

/** `secret-grant`: lets the other side of a relation (or one of its units) read the secret while the relation lives. */
export async function secretGrant(
  runner: HookCommandRunner,
  grant: { readonly id: string; readonly relationId: string; readonly unit?: string },
): Promise<void> {
  const unit = grant.unit === undefined ? [] : ['--unit', grant.unit];
  await runForText(runner, { command: 'secret-grant', args: [grant.id, '-r', grant.relationId, ...unit] });
}

/** `secret-revoke`: takes a grant back. */
export async function secretRevoke(
  runner: HookCommandRunner,
  grant: { readonly id: string; readonly relationId: string; readonly unit?: string },
): Promise<void> {
  const unit = grant.unit === undefined ? [] : ['--unit', grant.unit];
  await runForText(runner, { command: 'secret-revoke', args: [grant.id, '-r', grant.relationId, ...unit] });
}

/** `secret-remove`: one revision, or the secret with all of them. */
export async function secretRemove(
  runner: HookCommandRunner,
  secret: { readonly id: string; readonly revision?: number },
): Promise<void> {
  const revision = secret.revision === undefined ? [] : ['--revision', String(secret.revision)];
  await runForText(runner, { command: 'secret-remove', args: [secret.id, ...revision] });
}

function describe(secret: SecretDescription): string[] {
  const args: string[] = [];
  if (secret.label !== undefined) args.push('--label', secret.label);
  if (secret.description !== undefined) args.push('--description', secret.description);
  if (secret.expire !== undefined) args.push('--expire', secret.expire);
  if (secret.rotate !== undefined) args.push('--rotate', secret.rotate);
  return args;
}

/** Calls `use` with `key#file=PATH` arguments that hold the content as long as the call lasts. */
async function withContentFiles<T>(content: NewContent, use: (args: string[]) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(content.scratchDir, '.secret-'));
  try {
    const args = Object.entries(content.content).map(async ([key, value], index) => {
      const file = join(dir, String(index));
      await writeFile(file, value, { mode: 0o600 });
      return `${key}#file=${file}`;
    });
    return await use(await Promise.all(args));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
