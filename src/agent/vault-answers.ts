import type { VaultAnswer, VaultAnswers } from '../../charm/relations/facts.ts';
import { refusedEverywhere, type VaultPlace } from '../../charm/relations/vault.ts';
import type { VaultLogin } from '../../charm/relations/vault-login.ts';
import { reveal, type Secret } from '../../charm/secret.ts';
import { VaultFailure, VaultSession } from '../vault/vault-session.ts';
import type { Fingerprints } from './fingerprints.ts';

/** Logs in with this unit's credentials. Rejects with `VaultFailure`. */
export function openVault({ url, mount, ca, roleId, roleSecretId }: VaultPlace): Promise<VaultSession> {
  return VaultSession.open({ url, mount, ca, roleId: reveal(roleId), roleSecretId: reveal(roleSecretId) });
}

/** Reads each path once, all at the same time. What Vault refuses is an answer too. */
export async function readVault(
  place: VaultPlace,
  of: { readonly paths: readonly string[]; readonly fingerprints: Fingerprints },
): Promise<{ readonly answers: VaultAnswers; readonly login: VaultLogin }> {
  let session: VaultSession;
  try {
    session = await openVault(place);
  } catch (error) {
    const { why } = refused(error);
    return { answers: refusedEverywhere(of.paths, why), login: failedLogin(error) };
  }
  const answers = of.paths.map(async (path) => [path, await readPath(session, { path, ...of })] as const);
  return { answers: Object.fromEntries(await Promise.all(answers)), login: { outcome: 'let in' } };
}

/** What a login came to that failed with this error. */
export function failedLogin(error: unknown): VaultLogin {
  if (!(error instanceof VaultFailure) || error.refusal === null) return { outcome: 'no answer' };
  return { outcome: 'refused', counted: error.refusal === 'counted', why: error.message };
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

function refused(error: unknown) {
  return { kind: 'refused', why: (error as Error).message } as const;
}
