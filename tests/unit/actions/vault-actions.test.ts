import { expect, test } from 'vitest';
import { actions } from '../../../actions/index.ts';
import { noRelations, type VaultRelation } from '../../../charm/relations/facts.ts';
import { Secret } from '../../../charm/secret.ts';
import type { Facts } from '../../../charm/types.ts';
import { facts } from '../charm/facts.ts';

const vault: VaultRelation = {
  id: 'vault:5',
  application: 'vault-k8s',
  data: { vault_url: 'https://v:8200', mount: 'm', ca_certificate: 'CA' },
  own: null,
  unit: {},
  nonce: 'n',
  egressSubnet: '10.0.0.1/32',
  credentials: {
    kind: 'content',
    content: { 'role-id': new Secret('r', 'r'), 'role-secret-id': new Secret('s', 's') },
  },
};
const related = facts({ relations: { ...noRelations, vault } });
const all = { path: 'p', key: 'k', value: 'v' };

function run(name: string, over: Facts, params: Readonly<Record<string, unknown>>) {
  return actions[name]?.(over, params);
}

test('add-vault-secret and get-vault-secret ask the related Vault', () => {
  expect(run('add-vault-secret', related, all)).toMatchObject({ vault: { path: 'p', key: 'k', value: 'v' } });
  expect(run('get-vault-secret', related, all)).toMatchObject({ vault: { path: 'p', key: 'k', value: null } });
});

test.each([
  {
    name: 'the container does not answer',
    over: { ...related, workload: { known: false, why: 'x' } } as Facts,
    params: all,
    refused: 'Failed to connect to the container',
  },
  {
    name: 'there is no relation',
    over: facts(),
    params: all,
    refused: 'No vault relation found — run: integrate worker vault-k8s',
  },
  {
    name: 'a parameter is empty',
    over: related,
    params: { ...all, value: '' },
    refused: '`path`, `key` and `value` are required parameters',
  },
  {
    name: 'a path leads elsewhere',
    over: related,
    params: { ...all, path: '../sys' },
    refused: 'cannot use path "../sys" (a path such as my-secrets)',
  },
  {
    name: 'Vault is not ready',
    over: facts({ relations: { ...noRelations, vault: { ...vault, credentials: null } } }),
    params: all,
    refused:
      'Unable to initialize vault client: vault-k8s has not given this unit its credentials yet (its status says why)',
  },
])('add-vault-secret refuses when $name', ({ over, params, refused }) => {
  expect(run('add-vault-secret', over, params)).toEqual({ refused });
});

test('get-vault-secret refuses without a key', () => {
  expect(run('get-vault-secret', related, { path: 'p' })).toEqual({
    refused: '`path` and `key` are required parameters',
  });
});
