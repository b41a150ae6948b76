import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainEnvironment } from '../../../charm/environment/explanation.ts';
import { outlook } from '../../../charm/outlook.ts';
import { questions } from '../../../charm/questions.ts';
import { reconcile } from '../../../charm/reconcile.ts';
import type { Relations, VaultAnswer } from '../../../charm/relations/facts.ts';
import { Secret } from '../../../charm/secret.ts';
import { steps } from '../../../charm/steps.ts';
import type { Config, Facts } from '../../../charm/types.ts';
import type { SecretAnswer } from '../../../charm/user-secrets/answers.ts';
import { parseEnvironment } from '../../../src/agent/environment-text.ts';
import { badEnvironments } from './bad-environments.ts';
import { config, facts } from './facts.ts';

const ids = ['d0aaaaaaaaaaaaaaaaaa', 'd0bbbbbbbbbbbbbbbbbb'];
const canary = 'hunter2-canary';

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', 'candid', 'google', 'a: b', '\n'),
);
const tooLong = new Secret(canary.repeat(2 ** 20 / canary.length + 1), 'too long');
const secretText = fc.oneof(
  { weight: 200, arbitrary: texts.map((text) => new Secret(`${canary}${text}`, text)) },
  { weight: 10, arbitrary: fc.constant(new Secret(`${canary}\0`, 'nul')) },
  { weight: 1, arbitrary: fc.constant(tooLong) },
);
const keys = fc.constantFrom(
  'key1',
  'auth-provider',
  'candid-url',
  'client-cert',
  'client-key',
  'api-key',
  'encryption-key',
  'username',
  'password',
  'x',
);
const secretAnswer: fc.Arbitrary<SecretAnswer> = fc.oneof(
  fc.record({ kind: fc.constant('content' as const), content: fc.dictionary(keys, secretText) }),
  fc.constantFrom<SecretAnswer>({ kind: 'not found' }, { kind: 'not granted' }, { kind: 'unknown', why: 'x' }),
);
const scalar = fc.oneof(
  texts.map((text) => JSON.stringify(text)),
  fc.constantFrom('yes', '~', '1.5', '[1]', '{a: b}', '2024-01-02', '!x y'),
);
const entry = fc
  .array(
    fc.tuple(
      fc.constantFrom('name', 'value', 'secret-id', 'key', 'path', 'other'),
      fc.oneof(scalar, fc.constantFrom(...ids)),
    ),
    { maxLength: 4 },
  )
  .map((fields) => `{${fields.map(([name, value]) => `${name}: ${value}`).join(', ')}}`);
const environment = fc.oneof(
  texts,
  fc.dictionary(fc.constantFrom('env', 'juju', 'vault', 'envs'), fc.array(entry, { maxLength: 3 })).map((sections) =>
    Object.entries(sections)
      .map(([name, entries]) => `${name}: [${entries.join(', ')}]`)
      .join('\n'),
  ),
  fc.constant(`juju: [{secret-id: ${ids[0]}}]\nvault: [{path: p, name: V, key: k}]`),
  fc.constantFrom(...badEnvironments.map(({ text }) => text)),
);
const option = fc.oneof(
  texts,
  fc.double(),
  fc.boolean(),
  fc.constantFrom(...ids, 'secret:d0aaaaaaaaaaaaaaaaaa', '30s', 'restart'),
);
const names = [
  ...Object.keys(config()),
  'auth-secret-id',
  'tls-secret-id',
  'api-key-secret-id',
  'tls-rotation',
  'db-name',
];
const databag = fc.dictionary(
  fc.constantFrom('host', 'port', 'tls', 'vault_url', 'mount', 'ca_certificate', 'credentials'),
  texts,
);
const endpoint = fc.oneof(
  texts,
  fc.constantFrom(
    '{"url": "http://loki:3100/loki/api/v1/push"}',
    '{"url":',
    '{"url": 1}',
    'null',
    '[]',
    '"x"',
    '{"url": "ftp://x"}',
  ),
  fc.constant(`{"url": "${'x'.repeat(1e5)}"}`),
);
const sent = fc.dictionary(fc.constantFrom('scrape_jobs', 'alert_rules', 'dashboards', 'metadata'), texts);
const scrape = fc.array(fc.record({ id: fc.constant('metrics-endpoint:8'), own: fc.option(sent), unit: sent }), {
  maxLength: 2,
});
const observability: fc.Arbitrary<Relations['observability']> = fc.record({
  metrics: scrape,
  workloadMetrics: scrape,
  scrapeAddress: texts,
  // Seldom, because each one that was not sent yet costs milliseconds.
  dashboards: fc.oneof(
    { weight: 50, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.tuple(fc.record({ id: fc.constant('grafana-dashboard:9'), own: fc.option(sent) })) },
  ),
  logging: fc.option(
    fc.record({
      id: fc.constant('logging:10'),
      endpoints: fc.dictionary(fc.constantFrom('loki/0', 'loki/1'), endpoint),
      own: fc.option(sent),
    }),
  ),
});
const relations: fc.Arbitrary<Relations> = fc.record({
  observability,
  hostInfo: fc.option(fc.record({ application: fc.constant('t'), data: databag })),
  workerInfo: fc.array(fc.record({ id: fc.constant('temporal-worker-info:1'), written: fc.option(databag) }), {
    maxLength: 2,
  }),
  vault: fc.option(
    fc.record({
      id: fc.constant('vault:5'),
      application: fc.constant('v'),
      data: databag,
      own: fc.option(databag),
      unit: databag,
      nonce: fc.option(fc.constant('abc')),
      egressSubnet: texts,
      credentials: fc.option(secretAnswer),
    }),
  ),
  database: fc.option(
    fc.record({
      id: fc.constant('database:6'),
      application: fc.constant('d'),
      data: fc.dictionary(
        fc.constantFrom('endpoints', 'database', 'version', 'secret-user'),
        fc.oneof(texts, fc.constantFrom('h:5432', '[::1]:5432,x:1', ':', 'h:99999')),
      ),
      plain: fc.dictionary(fc.constantFrom('username', 'password', 'tls', 'tls-ca'), secretText),
      own: fc.option(databag),
      user: fc.option(secretAnswer),
      tls: fc.option(secretAnswer),
    }),
  ),
});
const vaultAnswer: fc.Arbitrary<VaultAnswer> = fc.oneof(
  fc.record({
    kind: fc.constant('content' as const),
    content: fc.dictionary(fc.constantFrom('k', 'x'), fc.option(secretText)),
  }),
  fc.constantFrom<VaultAnswer>({ kind: 'missing' }, { kind: 'refused', why: 'sealed' }),
);

const world = fc
  .record({
    options: fc.dictionary(fc.constantFrom(...names), option, { maxKeys: 4 }),
    environment: fc.option(environment, { nil: '' }),
    secrets: fc.dictionary(fc.constantFrom(...ids), secretAnswer),
    relations,
    vault: fc.dictionary(fc.constant('p'), vaultAnswer),
    pebble: fc.boolean(),
  })
  .map((of): Facts => {
    const all = config({ ...of.options, environment: of.environment } as Config);
    const unit = facts({ config: all, secrets: of.secrets, relations: of.relations, vault: of.vault });
    const read = of.environment.trim() === '' ? null : parseEnvironment(of.environment);
    const workload = of.pebble ? unit.workload : ({ known: false, why: 'x' } as const);
    return { ...unit, environment: read, workload };
  });

test('whatever the world is like, there is a status with a reason, and no secret in what is said', {
  timeout: 300_000,
}, () => {
  fc.assert(
    fc.property(world, (unit) => {
      const seen = outlook(unit);
      questions(unit, seen, new Set());
      const desired = reconcile(unit, seen);
      const todo = steps(unit, desired, seen);
      const explained = explainEnvironment(unit, { planned: null, reveal: false });
      expect(desired.status?.message).toMatch(/\S/);
      // What is wrong is told, unless the container is not even there.
      if (unit.workload.known && explained.state === 'blocked')
        expect(desired.status?.name).toMatch(/^(blocked|waiting)$/);
      expect(JSON.stringify([desired.status, desired.notes, todo])).not.toContain(canary);
      expect(JSON.stringify(explained)).not.toContain(canary);
      expect(reconcile(unit, seen)).toEqual(desired);
    }),
    { numRuns: 10_000 },
  );
});
