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
} from '../../hookcmds/index.ts';
import type { SecretGroup } from './requests.ts';

/** The label by which the owner finds a relation's secret again: the one that the Python library gives. */
export const labelOf = (relationId: string, group: SecretGroup): string =>
  `${relationId.replace(':', '.')}.${group}.secret`;

/**
 * Brings a relation's secret to this content: makes it, gives it a new revision, or leaves it. Answers its URI.
 * `uri` is what the databag holds of it.
 */
export async function publishSecret(
  tools: HookCommandRunner,
  secret: {
    readonly relationId: string;
    readonly group: SecretGroup;
    readonly content: SecretContent;
    readonly uri: string | undefined;
    readonly scratchDir: string;
  },
): Promise<string> {
  const { relationId, group, content, scratchDir } = secret;
  const label = labelOf(relationId, group);
  const id = await ownedSecret(tools, label);
  if (id === undefined) {
    const uri = await secretAdd(tools, { owner: 'application', label, content, scratchDir });
    await secretGrant(tools, { id: uri, relationId });
    return uri;
  }
  const now = await secretGet(tools, { label, revision: 'peek' });
  const same = Object.keys({ ...now, ...content }).every((key) => now[key] === content[key]);
  if (!same) await secretSet(tools, { id, new: { content, scratchDir } });
  if (secret.uri) return secret.uri;
  await secretGrant(tools, { id, relationId });
  return id.startsWith('secret:') ? id : `secret:${id}`;
}

/** Removes what a relation that is gone was given. */
export async function withdrawSecrets(tools: HookCommandRunner, relationId: string): Promise<void> {
  for (const group of ['user', 'tls'] as const) {
    const id = await ownedSecret(tools, labelOf(relationId, group));
    if (id !== undefined) await secretRemove(tools, { id });
  }
}

async function ownedSecret(tools: HookCommandRunner, label: string): Promise<string | undefined> {
  try {
    return (await secretInfoGet(tools, { label })).id;
  } catch (error) {
    if (error instanceof HookCommandError && /not found/.test(error.stderr)) return undefined;
    throw error;
  }
}
