import {
  HookCommandError,
  type HookCommandRunner,
  type SecretContent,
  secretAdd,
  secretGet,
  secretGrant,
  secretInfoGet,
  secretRemove,
  secretSet,
} from '../hookcmds/index.ts';

/** A secret of the application's own, found again by its label. */
export interface OwnedSecret {
  readonly label: string;
  readonly content: SecretContent;
  /** Where its content may lie for a moment, in files of mode 0600. */
  readonly scratchDir: string;
  /** `database:3`: who is let read it; absent: nobody but the owner. */
  readonly relationId?: string;
  /** What the relation's databag holds of it already; then the grant has been made. */
  readonly uri?: string | undefined;
}

/** Brings the secret to this content: makes it, gives it a new revision, or leaves it. Answers its URI. */
export async function publishSecret(tools: HookCommandRunner, secret: OwnedSecret): Promise<string> {
  const { label, content, scratchDir, relationId } = secret;
  const id = await idOf(tools, label);
  if (id === undefined) {
    const uri = await secretAdd(tools, { owner: 'application', label, content, scratchDir });
    if (relationId !== undefined) await secretGrant(tools, { id: uri, relationId });
    return uri;
  }
  const now = await secretGet(tools, { label, revision: 'peek' });
  const same = Object.keys({ ...now, ...content }).every((key) => now[key] === content[key]);
  if (!same) await secretSet(tools, { id, new: { content, scratchDir } });
  if (secret.uri) return secret.uri;
  if (relationId !== undefined) await secretGrant(tools, { id, relationId });
  return id.startsWith('secret:') ? id : `secret:${id}`;
}

/** The latest content of the secret; undefined where there is none of this label. */
export async function readOwnedSecret(tools: HookCommandRunner, label: string): Promise<SecretContent | undefined> {
  return (await idOf(tools, label)) === undefined ? undefined : secretGet(tools, { label, revision: 'peek' });
}

/** Removes the secret with all its revisions, where there is one. */
export async function withdrawSecret(tools: HookCommandRunner, label: string): Promise<void> {
  const id = await idOf(tools, label);
  if (id !== undefined) await secretRemove(tools, { id });
}

async function idOf(tools: HookCommandRunner, label: string): Promise<string | undefined> {
  try {
    return (await secretInfoGet(tools, { label })).id;
  } catch (error) {
    if (error instanceof HookCommandError && /not found/.test(error.stderr)) return undefined;
    throw error;
  }
}
