import type { VaultRequest } from '../../actions/action.ts';
import type { VaultLogin } from '../../charm/relations/vault-login.ts';
import type { VaultSession } from '../vault/vault-session.ts';

/** What Vault said to an action: its results, or why it failed; and whether it let the unit in. */
export interface VaultTold {
  readonly login: VaultLogin;
  readonly answer: { readonly results: Readonly<Record<string, string>> } | { readonly failed: string };
}

/** Does what the action asks of Vault. A user's own attempt waits for nothing, whatever Vault has refused before. */
export async function askVault(request: VaultRequest): Promise<VaultTold> {
  const { failedLogin, openVault } = await import('./vault-answers.ts');
  let session: VaultSession;
  try {
    session = await openVault(request.place);
  } catch (error) {
    return { login: failedLogin(error), answer: { failed: (error as Error).message } };
  }
  const answer = await done(session, request).catch((error: Error) => ({ failed: error.message }));
  return { login: { outcome: 'let in' }, answer };
}

async function done(session: VaultSession, { path, key, value }: VaultRequest): Promise<VaultTold['answer']> {
  if (value !== null) {
    await session.write(path, { key, value });
    return { results: { result: 'secret successfully created' } };
  }
  const cannot = (why: string) => ({ failed: `Unable to read vault secret \`${key}\` at path \`${path}\`: ${why}` });
  const found = await session.read(path).catch((error: Error) => error);
  if (found instanceof Error) return cannot(found.message);
  if (found === null) return cannot('there is nothing at this path');
  if (!Object.hasOwn(found, key)) return cannot('the path has no such key');
  const text = found[key];
  return { results: { result: typeof text === 'string' ? text : JSON.stringify(text) } };
}
