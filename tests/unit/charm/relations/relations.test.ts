import { expect, test } from 'vitest';
import { readInputs } from '../../../../charm/inputs.ts';
import { outlook } from '../../../../charm/outlook.ts';
import { joinProblems } from '../../../../charm/problem.ts';
import { questions } from '../../../../charm/questions.ts';
import { reconcile } from '../../../../charm/reconcile.ts';
import {
  noRelations,
  type Relations,
  type VaultAnswers,
  type VaultRelation,
} from '../../../../charm/relations/facts.ts';
import { reveal, Secret } from '../../../../charm/secret.ts';
import { steps } from '../../../../charm/steps.ts';
import type { Config } from '../../../../charm/types.ts';
import { parseEnvironment } from '../../../../src/agent/environment-text.ts';
import { config, facts } from '../facts.ts';

function related(relations: Partial<Relations>, options: Config = {}) {
  return facts({ config: config(options), relations: { ...noRelations, ...relations } });
}

function hostInfo(data: Readonly<Record<string, string>>, options: Config = {}) {
  return related({ hostInfo: { application: 'temporal-k8s', data } }, options);
}

test('temporal-host-info wins over the option host, in every name that tells it', () => {
  const seen = outlook(hostInfo({ host: 'server.model', port: '7236' }, { host: 'mine' }));
  const environment = seen?.layer.services['temporal-worker']?.environment;
  expect(seen?.settings.address).toEqual({ host: 'server.model', port: 7236 });
  expect(environment).toMatchObject({
    TWC_HOST: 'server.model:7236',
    TEMPORAL_HOST: 'server.model:7236',
    TEMPORAL_ADDRESS: 'server.model:7236',
  });
  expect(environment).not.toHaveProperty('TEMPORAL_TLS');
});

test('temporal-host-info turns TLS on when the server says so', () => {
  const seen = outlook(hostInfo({ host: 'h', port: '7233', tls: 'true' }));
  expect(seen?.layer.services['temporal-worker']?.environment).toMatchObject({ TEMPORAL_TLS: 'true' });
});

test.each([
  { data: {}, why: 'has not told its host yet' },
  { data: { host: 'h', port: 'x' }, why: 'told an address that is none: host "h", port "x"' },
  { data: { host: 'a b', port: '1' }, why: 'told an address that is none: host "a b", port "1"' },
])('waits for temporal-host-info that says $data, and looks again by itself', ({ data, why }) => {
  const message = `waiting for temporal-host-info: temporal-k8s ${why}`;
  for (const host of ['', 'fallback']) {
    const desired = reconcile(hostInfo(data, { host }));
    expect(desired).toMatchObject({ status: { name: 'waiting', message }, lookAgain: true });
  }
});

test('without the relation the option host counts, and has to be there', () => {
  expect(reconcile(facts({ config: config({ host: '' }) })).status?.message).toBe('Invalid config: host value missing');
});

test('the leader tells temporal-worker-info namespace and queue, once, also while it waits for Pebble', () => {
  const workerInfo = [
    { id: 'temporal-worker-info:4', written: {} },
    { id: 'temporal-worker-info:5', written: { namespace: 'default', queue: 'q1' } },
    { id: 'temporal-worker-info:6', written: null },
  ];
  const unit = { ...related({ workerInfo }), workload: { known: false, why: 'x' } } as const;
  const write = {
    relationId: 'temporal-worker-info:4',
    application: true,
    data: { namespace: 'default', queue: 'q1' },
  };
  const todo = steps(unit, reconcile(unit));
  expect(todo).toEqual([{ do: 'relation-set', write }]);
  const done = { ...unit.done, written: ['x'] };
  expect(steps({ ...unit, done }, reconcile(unit))).toEqual(todo);
});

test('temporal-worker-info is told nothing while there is no namespace', () => {
  const workerInfo = [{ id: 'temporal-worker-info:4', written: {} }];
  expect(reconcile(related({ workerInfo }, { namespace: '' })).databags).toEqual([]);
});

const environment = 'vault:\n- {path: my-secrets, name: TOKEN, key: token}\n- {path: my-secrets, name: B, key: b}\n';
const role = { 'role-id': new Secret('r', 'f1'), 'role-secret-id': new Secret('s', 'f2') };
const vaultRelation: VaultRelation = {
  id: 'vault:5',
  application: 'vault-k8s',
  data: {
    vault_url: 'https://10.1.2.3:8200',
    mount: 'charm-w-w',
    ca_certificate: 'CA',
    credentials: '{"abc":"secret:x"}',
  },
  own: { mount_suffix: 'worker' },
  unit: { egress_subnet: '10.1.1.1/32', nonce: 'abc' },
  nonce: 'abc',
  egressSubnet: '10.1.1.1/32',
  credentials: { kind: 'content', content: role },
};

function withVault(vault: VaultRelation | null, answers: VaultAnswers = {}) {
  const relations = { ...noRelations, vault };
  const all = config({ environment });
  return facts({ config: all, environment: parseEnvironment(environment), relations, vault: answers });
}

test('asks Vault once for each path, when there is a way to it', () => {
  const unit = withVault(vaultRelation);
  expect(questions(unit, outlook(unit), new Set(['environment']))).toEqual(['vault']);
  expect(readInputs(unit).vaultPaths).toEqual(['my-secrets']);
});

test('values of Vault win over those of the model, and are secrets', () => {
  const content = { token: new Secret('t', 'f-t'), b: new Secret('2', 'f-2') };
  const seen = outlook(withVault(vaultRelation, { 'my-secrets': { kind: 'content', content } }));
  const told = seen?.layer.services['temporal-worker']?.environment ?? {};
  expect([reveal(told.TOKEN ?? ''), reveal(told.B ?? '')]).toEqual(['t', '2']);
  expect(JSON.stringify(told)).toContain('"TOKEN":"<secret>"');
});

const notReady = 'Unable to initialize vault client';
const { credentials: _, ...withoutCredentials } = vaultRelation.data;

test.each([
  { name: 'no relation', vault: null, message: 'No vault relation found to fetch secrets from', ticks: false },
  {
    name: 'a relation that has told nothing yet',
    vault: { ...vaultRelation, data: {}, credentials: null },
    message: `${notReady}: vault-k8s has not told vault_url, mount, ca_certificate yet (its status says why)`,
  },
  {
    name: 'no credentials yet',
    vault: { ...vaultRelation, data: withoutCredentials, credentials: null },
    message: `${notReady}: vault-k8s has not given this unit its credentials yet (its status says why)`,
  },
  {
    name: 'credentials that are no JSON',
    vault: { ...vaultRelation, data: { ...vaultRelation.data, credentials: '{not json' }, credentials: null },
    message: `${notReady}: vault-k8s told credentials that are no JSON (its status says why)`,
  },
  {
    name: 'credentials that were not granted',
    vault: { ...vaultRelation, credentials: { kind: 'not granted' } as const },
    message: `${notReady}: the secret with this unit's credentials is not granted to it`,
  },
  {
    name: 'credentials that lack a part',
    vault: { ...vaultRelation, credentials: { kind: 'content', content: {} } as const },
    message: `${notReady}: the secret with this unit's credentials lacks role-id or role-secret-id`,
  },
  {
    name: 'an address without TLS',
    vault: { ...vaultRelation, data: { ...vaultRelation.data, vault_url: 'http://v:8200' } },
    message: `${notReady}: vault-k8s told an address that is none`,
  },
])('Vault with $name blocks, and the unit looks again where that can help', ({ vault, message, ticks = true }) => {
  expect(reconcile(withVault(vault))).toMatchObject({ status: { name: 'blocked', message }, lookAgain: ticks });
});

test.each([
  {
    name: 'a refusal',
    answer: { kind: 'refused', why: 'cannot read from Vault: Vault is sealed' } as const,
    message: 'Unable to read from vault: cannot read from Vault: Vault is sealed',
  },
  {
    name: 'a path that is not there',
    answer: { kind: 'missing' } as const,
    message:
      'Unable to read vault secret `token` at path `my-secrets`: there is nothing at this path; Unable to read vault secret `b` at path `my-secrets`: there is nothing at this path',
  },
  {
    name: 'a key that is not there and one that is a list',
    answer: { kind: 'content', content: { b: null } } as const,
    message:
      'Unable to read vault secret `token` at path `my-secrets`: the path has no such key; Unable to read vault secret `b` at path `my-secrets`: it is a list or a map (text is accepted)',
  },
])('Vault that answers with $name blocks', ({ answer, message }) => {
  const { problems } = readInputs(withVault(vaultRelation, { 'my-secrets': answer }));
  expect(joinProblems(problems)).toBe(message);
});

test('tells Vault who asks: the leader the suffix, each unit its nonce and from where it calls', () => {
  const fresh = related({ vault: { ...vaultRelation, own: {}, unit: {}, credentials: null } });
  expect(reconcile(fresh).databags).toEqual([
    { relationId: 'vault:5', application: true, data: { mount_suffix: 'worker' } },
    { relationId: 'vault:5', application: false, data: { egress_subnet: '10.1.1.1/32', nonce: 'abc' } },
  ]);
  expect(reconcile(related({ vault: vaultRelation })).databags).toEqual([]);
  const follower = related({ vault: { ...vaultRelation, own: null, unit: {}, nonce: null } });
  expect(reconcile(follower)).toMatchObject({ databags: [], makeNonce: true });
  expect(steps(follower, reconcile(follower))).toEqual([{ do: 'make-nonce' }]);
});
