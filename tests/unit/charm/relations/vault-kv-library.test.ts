import { expect, test } from 'vitest';
import type { VaultRelation } from '../../../../charm/relations/facts.ts';
import { credentialsOf, vaultPlace, vaultWrites } from '../../../../charm/relations/vault.ts';
import { Secret } from '../../../../charm/secret.ts';
import { parseRequest } from '../../../../src/companions/vault-k8s/requests.ts';
import recorded from '../../../fixtures/vault-kv/exchange.json' with { type: 'json' };

const { requirer, provider } = recorded;
const units = Object.entries(requirer.unitBags);
const content = Object.fromEntries(provider.secretKeys.map((key) => [key, new Secret(key, key)]));

/** The relation as the charm would see it in the place of the recorded unit. */
function seenBy(nonce: string, written: { own?: Record<string, string>; unit?: Record<string, string> }) {
  const { own = {}, unit = {} } = written;
  const relation: VaultRelation = {
    id: 'vault:0',
    application: provider.application,
    data: provider.applicationBag,
    own,
    unit,
    nonce,
    egressSubnet: '127.0.0.0/8',
    credentials: { kind: 'content', content },
  };
  return { vault: relation };
}

test('as requirer, the charm writes what the Python library writes, and nothing where that stands already', () => {
  for (const [, bag] of units) {
    expect(vaultWrites(seenBy(bag.nonce, {}), requirer.application)).toEqual([
      { relationId: 'vault:0', application: true, data: requirer.applicationBag },
      { relationId: 'vault:0', application: false, data: bag },
    ]);
    const there = { own: requirer.applicationBag, unit: bag };
    expect(vaultWrites(seenBy(bag.nonce, there), requirer.application)).toEqual([]);
  }
});

test('as requirer, the charm finds its way by what the Python library wrote as provider', () => {
  const ids = credentialsOf(provider.applicationBag);
  expect(units.map(([, bag]) => ids?.[bag.nonce])).toEqual([
    expect.stringMatching(/^secret:/),
    expect.stringMatching(/^secret:/),
  ]);
  for (const [, bag] of units)
    expect(vaultPlace(seenBy(bag.nonce, {}))).toEqual({
      url: provider.applicationBag.vault_url,
      mount: provider.applicationBag.mount,
      ca: provider.applicationBag.ca_certificate,
      roleId: content['role-id'],
      roleSecretId: content['role-secret-id'],
    });
});

test('as provider, the companion understands what the Python library wrote as requirer', () => {
  for (const [unit, unitBag] of units)
    expect(
      parseRequest({
        relationId: 'vault-kv:0',
        application: requirer.application,
        unit,
        applicationBag: requirer.applicationBag,
        unitBag,
      }),
    ).toEqual({
      relationId: 'vault-kv:0',
      application: requirer.application,
      unit,
      mount: provider.applicationBag.mount,
      ranges: ['127.0.0.0/8'],
      nonce: unitBag.nonce,
    });
});
