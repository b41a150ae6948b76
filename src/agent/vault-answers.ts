import type { VaultAnswer, VaultAnswers } from '../../charm/relations/facts.ts';
import type { VaultPlace } from '../../charm/relations/vault.ts';
import { reveal, type Secret } from '../../charm/secret.ts';
import { VaultSession } from '../vault/vault-session.ts';
import type { Fingerprints } from './fingerprints.ts';

/** Logs in with this unit's credentials. Rejects with `VaultFailure`. */
export function openVault({ url, mount, ca, roleId, roleSecretId }: VaultPlace): Promise<VaultSession> {
  return VaultSession.open({ url, mount, ca, roleId: reveal(roleId), roleSecretId: reveal(roleSecretId) });
}

/** Reads each path once, all at the same time. What Vault refuses is an answer too. */
export async function readVault(
  place: VaultPlace,
  of: { readonly paths: readonly string[]; readonly fingerprints: Fingerprints },
): Promise<VaultAnswers> {
  const everywhere = (answer: VaultAnswer) => Object.fromEntries(of.paths.map((path) => [path, answer]));
  try {
    const session = await openVault(place);
    const answers = of.paths.map(async (path) => [path, await readPath(session, { path, ...of })] as const);
    return Object.fromEntries(await Promise.all(answers));
  } catch (error) {
    return everywhere(refused(error));
  }
}

async function readPath(
  session: VaultSession,
  { path, fingerprints }: { readonly path: string; readonly fingerprints: Fingerprints },
): Promise<VaultAnswer> {
  try {
    const found = await session.read(path);
    if (found === null) return { kind: 'missing' };
    const content = Object.entries(found).map(([key, value]) => [key, secretOf(value, fingerprints)] as const);
    return { kind: 'content', content: Object.fromEntries(content) };
  } catch (error) {
    return refused(error);
  }
}

/** Null for what is no single value. */
function secretOf(value: unknown, fingerprints: Fingerprints): Secret | null {
  if (typeof value === 'object' && value !== null) return null;
  return fingerprints.secret(value === null ? '' : String(value));
}

function refused(error: unknown): VaultAnswer {
  return { kind: 'refused', why: (error as Error).message };
}
