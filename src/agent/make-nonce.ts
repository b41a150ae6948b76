import { randomBytes } from 'node:crypto';
import { secretAdd } from '../hookcmds/secret.ts';
import { nonceLabel } from './relation-databags.ts';
import type { World } from './world.ts';

/** Makes the nonce by which Vault's application finds this unit's credentials, and keeps it for the unit's life. */
export async function makeNonce({ runner, charmDir }: World): Promise<string> {
  const nonce = randomBytes(16).toString('hex');
  await secretAdd(runner, {
    owner: 'unit',
    label: nonceLabel,
    description: 'Nonce for vault-kv relation',
    content: { nonce },
    scratchDir: charmDir,
  });
  return nonce;
}
