import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settle, valuesOf } from '../../../../charm/environment/variable.ts';
import { outlook } from '../../../../charm/outlook.ts';
import { questions } from '../../../../charm/questions.ts';
import { reconcile } from '../../../../charm/reconcile.ts';
import { databasePlace, databaseVariables, isDatabasePlace } from '../../../../charm/relations/database.ts';
import { databaseStatus } from '../../../../charm/relations/database-answer.ts';
import type { DatabaseAnswer } from '../../../../charm/relations/facts.ts';
import { type DatabaseRelation, noRelations } from '../../../../charm/relations/facts.ts';
import { reveal, Secret } from '../../../../charm/secret.ts';
import { config, facts, workload } from '../facts.ts';

const secret = (text: string) => new Secret(text, text);
const content = (fields: Record<string, string>) =>
  ({
    kind: 'content',
    content: Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, secret(text)])),
  }) as const;

function related(over: Partial<DatabaseRelation> = {}): DatabaseRelation {
  return {
    id: 'database:7',
    application: 'pg',
    data: { endpoints: 'pg-primary:5432,pg-other:5432' },
    plain: {},
    own: {},
    user: content({ username: 'u7', password: 'hidden' }),
    tls: content({ tls: 'True', 'tls-ca': 'PEM' }),
    ...over,
  };
}

const named = config({ 'db-name': 'orders' });
const place = (over: Partial<DatabaseRelation> = {}, of = named) =>
  databasePlace({ database: related(over) }, { config: of, application: 'worker' });

test('the first endpoint and the granted secrets are the way to the database', () => {
  const found = place();
  const told = isDatabasePlace(found) ? databaseVariables(found) : [];
  expect(valuesOf(settle(told))).toEqual({
    TEMPORAL_DB_HOST: 'pg-primary',
    TEMPORAL_DB_PORT: '5432',
    TEMPORAL_DB_USER: secret('u7'),
    TEMPORAL_DB_PASSWORD: secret('hidden'),
    TEMPORAL_DB_TLS: secret('True'),
  });
  expect(new Set(told.map(({ source }) => source))).toEqual(new Set(['relation database']));
});

test('a server that knows no secrets is read from its databag', () => {
  const found = place({
    user: null,
    tls: null,
    plain: { username: secret('u'), password: secret('p'), tls: secret('False') },
  });
  expect(isDatabasePlace(found) && reveal(found.password)).toBe('p');
  const silent = place({ tls: null });
  expect(isDatabasePlace(silent) && silent.tls).toBe('');
});

test.each([
  ['[2001:db8::7]:6432,x:1', '2001:db8::7', 6432],
  ['10.1.2.3:5432', '10.1.2.3', 5432],
])('endpoints %s are read', (endpoints, host, port) => {
  expect(place({ data: { endpoints } })).toMatchObject({ host, port });
});

test.each([
  [{ user: null }, 'waiting for database: pg has not given credentials yet'],
  [{ user: { kind: 'not granted' } }, 'waiting for database: pg has not granted its secret yet'],
  [{ user: { kind: 'not found' } }, 'waiting for database: pg told a secret that is not there'],
  [{ user: content({}) }, 'waiting for database: pg gave a secret without username or password'],
  [{ data: {} }, 'waiting for database: pg has not told its endpoints yet'],
  [{ data: { endpoints: 'pg' } }, 'waiting for database: pg told endpoints that are none: "pg"'],
  [{ data: { endpoints: '2001:db8::7:5432' } }, /told endpoints that are none/],
  [{ data: { endpoints: 'x'.repeat(1e6) } }, /told endpoints that are none: "x{80}"$/],
] as const)('what is not there yet is waited for: %j', (over, message) => {
  const unit = facts({
    config: named,
    relations: { ...noRelations, database: related(over as Partial<DatabaseRelation>) },
  });
  const { status } = reconcile(unit);
  expect(status?.name).toBe('waiting');
  expect(status?.message).toMatch(message);
});

test('without a name the unit is blocked, with the command to type', () => {
  const unit = facts({ relations: { ...noRelations, database: related() } });
  expect(reconcile(unit).status).toEqual({
    name: 'blocked',
    message: 'Invalid config: db name value missing — run: config worker db-name=NAME',
  });
});

test('the leader asks once, and again when the name has changed; others write nothing', () => {
  const asked = { database: 'orders', 'requested-secrets': '["username", "password", "tls", "tls-ca", "uris"]' };
  const writes = (own: DatabaseRelation['own'], of = named) =>
    reconcile(facts({ config: of, relations: { ...noRelations, database: related({ own }) } })).databags;
  expect(writes({})).toEqual([{ relationId: 'database:7', application: true, data: asked }]);
  expect(writes({ ...asked, data: '{}' })).toEqual([]);
  expect(writes({ ...asked, database: 'old' })).toHaveLength(1);
  expect(writes(null)).toEqual([]);
  expect(writes({}, config())).toEqual([]);
});

test('what the user wrote by hand wins over the relation, which wins over nothing else of that name', () => {
  const relations = { ...noRelations, database: related() };
  const seen = outlook(facts({ config: named, relations }));
  const environment = seen?.layer.services['temporal-worker']?.environment ?? {};
  expect(environment).toMatchObject({
    TEMPORAL_DB_HOST: 'pg-primary',
    TEMPORAL_DB_NAME: 'orders',
    TWC_DB_NAME: 'orders',
  });
  expect(Object.keys(environment).filter((name) => name.startsWith('TWC_DB'))).toEqual(['TWC_DB_NAME']);
  expect(outlook(facts({ config: named }))?.layer.services['temporal-worker']?.environment).not.toHaveProperty(
    'TEMPORAL_DB_HOST',
  );
});

test('the database is asked while the worker does not poll, and only then', () => {
  const relations = { ...noRelations, database: related() };
  const dying = workload({ service: { current: 'backoff', since: '2026-11-21T09:59:59Z' } });
  const unit = facts({ config: named, relations, workload: { known: true, value: dying } });
  expect(questions(unit, outlook(unit), new Set())).toContain('database');
  const alone = facts({ config: named, workload: { known: true, value: dying } });
  expect(questions(alone, outlook(alone), new Set())).not.toContain('database');
});

test.each<[DatabaseAnswer, string | null]>([
  [{ outcome: 'not asked' }, null],
  [{ outcome: 'open' }, null],
  [{ outcome: 'refused', why: 'w' }, "database at 'pg-primary:5432' refuses the worker: w"],
  [{ outcome: 'unreachable', why: 'w' }, "cannot reach the database at 'pg-primary:5432': w"],
])('an answer %j is told', (answer, message) => {
  const found = place();
  expect(databaseStatus(isDatabasePlace(found) ? found : null, answer)?.message ?? null).toBe(message);
});

test('whatever stands in the databag, there is a way or a reason', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), fc.string(), (data, endpoints) => {
      const found = place({ data: { ...data, endpoints } });
      if (isDatabasePlace(found)) expect(found.port).toBeGreaterThan(0);
      else expect(found?.text).toMatch(/^waiting for database: /);
    }),
  );
});
