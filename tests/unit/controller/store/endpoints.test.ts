import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../../../../src/controller/errors.ts';
import { inferEndpoints, inferRelation, relationKey, viewKey } from '../../../../src/controller/store/endpoints.ts';
import { addRelation } from '../../../../src/controller/store/relations.ts';
import { TestModel } from './model.ts';

let test_: TestModel;
beforeAll(() => {
  test_ = new TestModel();
  const web = 'requires: {db: {interface: sql}, cache: {interface: kv}}\nprovides: {site: {interface: http}}\n';
  const web_ = test_.deploy('web', 1, web);
  const pg = test_.deploy(
    'pg',
    1,
    'provides: {db: {interface: sql}, admin: {interface: sql}, store: {interface: kv}}\n',
  );
  test_.deploy('proxy', 1, 'requires: {backend: {interface: http}}\n');
  test_.deploy('lone');
  test_.deploy(
    'server',
    1,
    'provides: {host: {interface: host}}\nrequires: {info: {interface: info, implicit: true}}\n',
  );
  test_.deploy('worker', 1, 'provides: {info: {interface: info}}\nrequires: {host: {interface: host}}\n');
  for (const endpoint of ['db', 'admin'])
    test_.model.db.transact(() =>
      addRelation(test_.model, 'sql', [
        { application: pg.id, endpoint, role: 'provides' },
        { application: web_.id, endpoint: 'db', role: 'requires' },
      ]),
    );
});
afterAll(() => test_.close());

test.each([
  { name: 'one pair fits', texts: ['proxy', 'web'], key: 'proxy:backend web:site' },
  { name: 'the provider is named first', texts: ['web', 'proxy'], key: 'proxy:backend web:site' },
  { name: 'an endpoint decides', texts: ['web', 'pg:admin'], key: 'web:db pg:admin' },
  { name: 'one of two pairs stands back', texts: ['worker', 'server'], key: 'worker:host server:host' },
  { name: 'the pair that stands back is named', texts: ['worker:info', 'server'], key: 'server:info worker:info' },
  { name: 'both are given', texts: ['pg:store', 'web:cache'], key: 'web:cache pg:store' },
])('infers the endpoints when $name', ({ texts, key }) => {
  expect(relationKey(inferEndpoints(test_.model, texts as [string, string]))).toBe(key);
});

test.each([
  {
    name: 'several pairs fit',
    texts: ['web', 'pg'],
    message: 'ambiguous relation: "web pg" could refer to "web:cache pg:store"; "web:db pg:admin"; "web:db pg:db"',
  },
  {
    name: 'interfaces differ',
    texts: ['web:cache', 'pg:db'],
    message: 'no relations found (web has cache (requires kv); pg has db (provides sql))',
  },
  {
    name: 'both require',
    texts: ['proxy', 'web:db'],
    message: 'no relations found (proxy has backend (requires http); web has db (requires sql))',
  },
  {
    name: 'an application has only peers',
    texts: ['lone', 'proxy'],
    message: 'no relations found (lone has no endpoint that can be related; proxy has backend (requires http))',
  },
  {
    name: 'it is one application',
    texts: ['pg', 'pg'],
    message: 'no relations found (a relation joins two applications)',
  },
  { name: 'there is no such application', texts: ['nobody', 'pg'], message: 'application "nobody" not found' },
  {
    name: 'there is no such endpoint',
    texts: ['web:none', 'pg'],
    message: 'application "web" has no "none" relation (it has cache, db, peer, site)',
  },
])('refuses to relate when $name', ({ texts, message }) => {
  expect(() => inferEndpoints(test_.model, texts as [string, string])).toThrow(new UserError(message));
});

test('finds a relation that is there by applications and endpoints, and names the candidates of an ambiguous one', () => {
  const found = inferRelation(test_.model, ['pg:admin', 'web']);
  expect(viewKey(found)).toBe('web:db pg:admin');
  expect(() => inferRelation(test_.model, ['pg', 'web:db'])).toThrow(
    'ambiguous relation: "pg web:db" could refer to "web:db pg:db"; "web:db pg:admin"',
  );
  expect(() => inferRelation(test_.model, ['pg', 'proxy'])).toThrow('relation matching "pg proxy" not found');
});
