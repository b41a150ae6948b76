import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { portHolder } from '../../../src/companions/port-holder.ts';
import { writeCharm } from '../controller/controller.ts';
import { freePort, System, until } from '../system/system.ts';

let system: System;
let port: number;
const unit = 'postgresql-k8s/0';

/** What a related application was given, as its charm sees it. */
interface Given {
  readonly bag: Readonly<Record<string, string>>;
  readonly user: Readonly<Record<string, string>>;
  readonly tls: Readonly<Record<string, string>>;
}

beforeAll(async () => {
  system = new System();
  port = await freePort();
  const deployed = ['--channel', '14/stable', '--trust', '--config', `port=${port}`];
  await system.do('deploy', 'postgresql-k8s', ...deployed);
  const charm = writeCharm(join(system.root, 'charm'), {
    name: 'client',
    body: [
      `file=${system.root}/given-\${JUJU_UNIT_NAME%/*}`,
      'case $event in',
      'db-relation-created) relation-set --app database="$(config-get database)" extra-user-roles="$(config-get roles)" \\',
      '  requested-secrets="$(config-get secrets)" ;;',
      'db-relation-changed | secret-changed) id=$(relation-ids db | tr -d "[]")',
      '  bag=$(relation-get -r "$id" --app - postgresql-k8s --format=json)',
      '  uri() { printf %s "$bag" | grep -o "\\"secret-$1\\":\\"[^\\"]*" | cut -d\\" -f4; }',
      '  read_secret() { [ -z "$(uri "$1")" ] && echo "{}" || secret-get "$(uri "$1")" --refresh --format=json; }',
      '  printf "{\\"bag\\":%s,\\"user\\":%s,\\"tls\\":%s}" "$bag" "$(read_secret user)" "$(read_secret tls)" > "$file.new"',
      '  mv "$file.new" "$file" ;;',
      'db-relation-broken) rm -f "$file" ;;',
      'esac',
    ].join('\n'),
    files: {
      'metadata.yaml': 'name: client\nrequires: {db: {interface: postgresql_client, limit: 1}}\n',
      'config.yaml': [
        'options:',
        '  database: {type: string, default: orders}',
        '  roles: {type: string, default: ""}',
        `  secrets: {type: string, default: '["username", "password", "tls", "tls-ca", "uris"]'}`,
      ].join('\n'),
    },
  });
  await system.do('deploy', charm, 'client');
  await system.do('deploy', charm, 'plain', '--config', 'secrets=', '--config', 'database=plain-orders');
  await system.do('deploy', charm, 'maker', '--config', 'roles=admin,CREATEDB', '--config', 'database=Made');
  await active();
});
afterAll(() => system?.close());

const active = () => system.waitForUnit(unit, 'workload-status=="active"');
const workload = async () => (await system.unit(unit))['workload-status'];

async function given(application: string, holds: (given: Given) => boolean = () => true): Promise<Given> {
  return until(`${application} is given a database`, 120_000, async () => {
    try {
      const found = JSON.parse(await readFile(join(system.root, `given-${application}`), 'utf8')) as Given;
      return holds(found) ? found : undefined;
    } catch {
      return undefined;
    }
  });
}

async function connected<T>(given: Given, work: (client: pg.Client) => Promise<T>, database?: string): Promise<T> {
  const { username, password } = { ...given.bag, ...given.user };
  const { 'tls-ca': ca } = { ...given.bag, ...given.tls };
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: username ?? '',
    password: password ?? '',
    database: database ?? given.bag.database ?? '',
    ssl: { ca: ca ?? '' },
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

const count = (client: pg.Client) =>
  client.query('SELECT count(*)::int AS n FROM orders').then(({ rows }) => rows[0].n as number);

test('is active as the charm is, on its own port, over TLS only', async () => {
  expect((await workload()).message).toBe('Primary');
  expect((await system.unit(unit))['open-ports']).toEqual([`${port}/tcp`]);
  expect((await system.status()).applications['postgresql-k8s']!.version).toMatch(/^\d+\.\d+$/);
  const open = new pg.Client({ host: '127.0.0.1', port, user: 'operator', password: 'x', database: 'postgres' });
  await expect(open.connect()).rejects.toThrow('no pg_hba.conf entry');
});

test('gives a related application its own database and user, by secrets', async () => {
  await system.do('relate', 'client', 'postgresql-k8s');
  const told = await given('client', ({ user, tls }) => 'password' in user && 'tls' in tls);
  const { version } = (await system.status()).applications['postgresql-k8s']!;
  expect(told).toEqual({
    bag: {
      data: expect.stringContaining('"database":"orders"'),
      database: 'orders',
      endpoints: `127.0.0.1:${port}`,
      'read-only-endpoints': `127.0.0.1:${port}`,
      'secret-tls': expect.stringMatching(/^secret:/),
      'secret-user': expect.stringMatching(/^secret:/),
      version,
    },
    user: {
      username: expect.stringMatching(/^relation_id_\d+$/),
      password: expect.stringMatching(/^\w{24}$/),
      uris: `postgresql://${told.user.username}:${told.user.password}@127.0.0.1:${port}/orders`,
    },
    tls: { tls: 'True', 'tls-ca': expect.stringContaining('-----BEGIN CERTIFICATE-----') },
  });
  await connected(told, async (client) => {
    await client.query('CREATE TABLE orders (id serial PRIMARY KEY, text text)');
    await client.query("INSERT INTO orders (text) VALUES ('one')");
    expect(await count(client)).toBe(1);
    await expect(client.query('CREATE DATABASE more')).rejects.toThrow('permission denied to create database');
  });
});

test('gives plain fields to one that did not ask for secrets, and no way into the other database', async () => {
  await system.do('relate', 'plain', 'postgresql-k8s');
  const told = await given('plain', ({ bag }) => 'password' in bag);
  expect(Object.keys(told.bag)).toEqual(expect.arrayContaining(['username', 'password', 'tls', 'tls-ca', 'uris']));
  await connected(told, (client) => client.query('CREATE TABLE things (id int)'));
  await expect(connected(told, () => Promise.resolve(), 'orders')).rejects.toThrow('permission denied for database');
});

test('gives the roles that are asked for, and is blocked in the charm’s words by one that there is not', async () => {
  await system.do('relate', 'maker', 'postgresql-k8s');
  const told = await given('maker', ({ user }) => 'password' in user);
  await connected(told, (client) => client.query('CREATE DATABASE more'));
  await connected(told, count, 'orders');
  await system.do('remove-relation', 'maker', 'postgresql-k8s');
  await until('the user is gone', 120_000, () =>
    connected(told, () => Promise.resolve()).then(
      () => undefined,
      (error: Error) => /password authentication failed/.test(error.message) || undefined,
    ),
  );
  await system.do('config', 'maker', 'roles=emperor');
  await system.relateAgain('maker', 'postgresql-k8s');
  await system.waitForUnit(unit, 'workload-status=="blocked"');
  expect((await workload()).message).toBe('invalid role(s) for extra user roles');
  await system.do('remove-relation', 'maker', 'postgresql-k8s');
  await active();
});

test('a new password is a new revision of the secret; the old one is refused', async () => {
  const before = await given('client');
  const { username } = before.user;
  const ran = await system.do('run', unit, 'set-password', `username=${username}`);
  const after = await given('client', ({ user }) => user.password !== before.user.password);
  expect(ran).toContain(after.user.password);
  expect(after.bag).toEqual(before.bag);
  expect(await connected(after, count)).toBe(1);
  await expect(connected(before, count)).rejects.toThrow('password authentication failed');
  const strange = await system.run('run', unit, 'set-password', 'username=somebody');
  expect(strange.stdout + strange.stderr).toMatch(
    /The action can be run only for users used by the charm: operator, relation_id_\d+, .*not somebody/,
  );
});

test('the administrator’s password is told and changed by the charm’s actions', async () => {
  const operator = async () => /password: (\S+)/.exec(await system.do('run', unit, 'get-password'))![1]!;
  const before = await operator();
  await system.do('run', unit, 'set-password', 'password=chosen-by-hand');
  expect(await operator()).toBe('chosen-by-hand');
  const { tls, bag } = await given('client');
  const as = (password: string): Given => ({ bag, tls, user: { username: 'operator', password } });
  expect(await connected(as('chosen-by-hand'), count)).toBe(1);
  await expect(connected(as(before), count)).rejects.toThrow('password authentication failed');
});

test('comes back with its data when it is killed, although clients are connected', async () => {
  const told = await given('client');
  const before = await portHolder(port);
  await connected(told, async (client) => {
    await client.query('SELECT 1');
    process.kill(before!.pid!, 'SIGKILL');
    await until('there is another', 120_000, async () => {
      const now = await portHolder(port);
      return (now?.pid !== undefined && now.pid !== before!.pid) || undefined;
    });
  });
  const rows = await until('it answers', 120_000, () => connected(told, count).catch(() => undefined));
  expect(rows).toBe(1);
  await active();
});

test('is blocked by whoever has its port, and tells its clients the next one', async () => {
  const thief = createServer().listen(0, '127.0.0.1');
  await once(thief, 'listening');
  const { port: taken } = thief.address() as { port: number };
  await system.do('config', 'postgresql-k8s', `port=${taken}`);
  await system.waitForUnit(unit, 'workload-status=="blocked"');
  expect((await workload()).message).toBe(
    `cannot listen on 127.0.0.1:${taken}: port taken by pid ${process.pid} (${(await portHolder(taken))!.name}) (charmlet config postgresql-k8s port=<free port>)`,
  );
  port = await freePort();
  await system.do('config', 'postgresql-k8s', `port=${port}`);
  await active();
  thief.close();
  const told = await given('client', ({ bag }) => bag.endpoints === `127.0.0.1:${port}`);
  expect(told.user.uris).toContain(`@127.0.0.1:${port}/orders`);
  expect(await connected(told, count)).toBe(1);
});

test('survives stop with data and passwords, and does not wait for clients', async () => {
  const told = await given('client');
  await connected(told, async (client) => {
    await client.query('SELECT 1');
    await system.do('stop');
    expect(await portHolder(port)).toBeUndefined();
  });
  await active();
  const rows = await until('it answers', 120_000, () => connected(told, count).catch(() => undefined));
  expect(rows).toBe(1);
});

test('keeps the database of a relation that is gone, for the next user of it', async () => {
  const before = await given('client');
  await system.do('remove-relation', 'client', 'postgresql-k8s');
  await until('the user is gone', 120_000, () =>
    connected(before, count).then(
      () => undefined,
      (error: Error) => /password authentication failed/.test(error.message) || undefined,
    ),
  );
  await active();
  await system.relateAgain('client', 'postgresql-k8s');
  const after = await given('client', ({ user }) => 'username' in user && user.username !== before.user.username);
  await connected(after, async (client) => {
    expect(await count(client)).toBe(1);
    await client.query('ALTER TABLE orders ADD COLUMN more int');
    await client.query('DROP TABLE orders');
  });
});

test('holds no password in its log, nor in what units show', async () => {
  const { user } = await given('client', ({ user }) => 'password' in user);
  const shown = await system.do('show-unit', unit, 'client/0');
  expect((await system.debugLog()) + shown).not.toContain(user.password);
});
