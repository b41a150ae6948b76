import type { VaultRequest } from '../../actions/action.ts';

/** Does what the action asks of Vault and resolves with its results. Rejects with the reason. */
export async function askVault({ place, path, key, value }: VaultRequest): Promise<Readonly<Record<string, string>>> {
  const { openVault } = await import('./vault-answers.ts');
  const session = await openVault(place);
  if (value !== null) {
    await session.write(path, { key, value });
    return { result: 'secret successfully created' };
  }
  const cannot = (why: string) => new Error(`Unable to read vault secret \`${key}\` at path \`${path}\`: ${why}`);
  const found = await session.read(path).catch((error: Error) => {
    throw cannot(error.message);
  });
  if (found === null) throw cannot('there is nothing at this path');
  if (!Object.hasOwn(found, key)) throw cannot('the path has no such key');
  const text = found[key];
  return { result: typeof text === 'string' ? text : JSON.stringify(text) };
}
