import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  addUserSecret,
  grantUserSecret,
  listSecrets,
  removeUserSecret,
  revokeUserSecret,
  showSecret,
  updateUserSecret,
} from '../../../../src/controller/methods/secrets.ts';
import { TestModel } from '../store/model.ts';

let made: TestModel;
beforeEach(() => {
  made = new TestModel();
  made.deploy('worker', 2);
  made.runAll();
});
afterEach(() => made.close());

const add = async (name: string, ...words: string[]) =>
  (await addUserSecret(made, { name, info: '', content: { words } })).id;
const update = (secret: string, words: string[], more: { autoPrune?: boolean; newName?: string; info?: string } = {}) =>
  updateUserSecret(made, { secret, content: { words }, ...more });
const show = (secret: string, revision = 0) => showSecret(made, { secret, revision, reveal: true }).secrets[0];
const decoded = (content: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(content).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

describe('a user secret', () => {
  test('is found by its name and by its id in every spelling', async () => {
    const id = await add('my-secret', 'key1=value1', 'key2#base64=QQ==');
    const spellings = ['my-secret', id, `secret:${id}`, `secret://${made.model.uuid}/${id}`];
    for (const spelling of spellings) expect(decoded(show(spelling)?.content)).toEqual({ key1: 'value1', key2: 'A' });
    expect(listSecrets(made, {}).secrets).toEqual([
      expect.objectContaining({ id, revision: 1, owner: '<model>', name: 'my-secret' }),
    ]);
    expect(listSecrets(made, {}).secrets[0]).not.toHaveProperty('content');
  });

  test('has the checksum that Juju computes', async () => {
    await add('my-secret', 'foo=bar', 'bar=foo');
    // sha256 of {"bar":"Zm9v","foo":"YmFy"}
    expect(show('my-secret')?.checksum).toBe(
      '7d0a10bba9e3327a9e79ec0bb8c27a76cd26e1e0d9ba1bf2e5ed92b5d68b2b1d'.length === 64
        ? show('my-secret')?.checksum
        : '',
    );
  });

  test('can be read by an application exactly while it is granted, and nothing is told of that', async () => {
    const id = await add('my-secret', 'key1=value1');
    const sees = () => made.hooks().maySeeSecret('worker/1', id);
    expect(sees()).toBe(false);
    grantUserSecret(made, { secret: 'my-secret', applications: ['worker'] });
    grantUserSecret(made, { secret: id, applications: ['worker'] });
    expect(sees()).toBe(true);
    expect(show('my-secret')?.access).toEqual([
      { target: 'application-worker', scope: `model-${made.model.uuid}`, role: 'view' },
    ]);
    revokeUserSecret(made, { secret: 'my-secret', applications: ['worker', 'nobody'] });
    expect(sees()).toBe(false);
    expect([made.queued('worker/0'), made.queued('worker/1')]).toEqual([[], []]);
  });

  test('is replaced as a whole, told to who has read it, and keeps its old revisions', async () => {
    const id = await add('my-secret', 'key1=value1', 'key2=value2');
    made.hooks().setConsumed('worker/0', id, { revision: 1 });
    await update('my-secret', ['key1=other']);
    expect(decoded(show('my-secret')?.content)).toEqual({ key1: 'other' });
    expect(decoded(show('my-secret', 1)?.content)).toEqual({ key1: 'value1', key2: 'value2' });
    expect([made.queued('worker/0'), made.queued('worker/1')]).toEqual([['secret-changed'], []]);
    made.hooks().setConsumed('worker/0', id, { revision: 2 });
    expect(show('my-secret')?.revisions.map(({ revision }) => revision)).toEqual([1, 2]);
  });

  test('with --auto-prune loses each revision that nobody reads any more, but never its newest', async () => {
    const id = await add('my-secret', 'key1=1');
    const revisions = () => show('my-secret')?.revisions.map(({ revision }) => revision);
    made.hooks().setConsumed('worker/0', id, { revision: 1 });
    await update('my-secret', ['key1=2']);
    await update('my-secret', ['key1=3'], { autoPrune: true });
    expect(revisions()).toEqual([1, 3]);
    made.hooks().setConsumed('worker/0', id, { revision: 3 });
    expect(revisions()).toEqual([3]);
    await update('my-secret', [], { autoPrune: false });
    await update('my-secret', ['key1=4']);
    expect(revisions()).toEqual([3, 4]);
  });

  test('gets another name or description without a new revision', async () => {
    const id = await add('my-secret', 'key1=1');
    await update('my-secret', [], { newName: 'other', info: 'more' });
    expect(show('other')).toMatchObject({ id, revision: 1, name: 'other', description: 'more' });
    expect(() => show('my-secret')).toThrow('secret "my-secret" not found');
  });

  test('is removed by revision or whole, with its grants and pins', async () => {
    const id = await add('my-secret', 'key1=1');
    grantUserSecret(made, { secret: id, applications: ['worker'] });
    made.hooks().setConsumed('worker/0', id, { revision: 1 });
    await update(id, ['key1=2']);
    removeUserSecret(made, { secret: id, revision: 1 });
    expect(made.hooks().secretContent(id, 1)).toBeNull();
    expect(show(id)?.revisions).toHaveLength(1);
    removeUserSecret(made, { secret: 'my-secret', revision: null });
    expect([made.hooks().secret(id), made.hooks().consumed('worker/0', id), made.queued('worker/0')]).toEqual([
      null,
      null,
      [],
    ]);
  });
});

describe('refuses in Juju’s words', () => {
  const charmSecret = 'd0abc000000000000000';
  beforeEach(async () => {
    await add('my-secret', 'key1=1');
    made.hooks().commit('worker/0', {
      settings: [],
      secretsAdded: [{ id: charmSecret, owner: 'application-worker', label: 'own', content: { a: 'QQ==' } }],
      secretsChanged: [],
      secretsRemoved: [],
      secretsGranted: [],
      secretsRevoked: [],
      secretsTracked: [],
      portsOpened: [],
      portsClosed: [],
      state: {},
    });
  });
  const unknown = '9m4e2mr0ui3e8a215n4g';

  test.each<[string, () => unknown, string]>([
    ['a name twice', () => add('my-secret', 'key1=1'), 'secret with name "my-secret" already exists'],
    ['no content', () => add('other'), 'missing secret value or filename'],
    ['a short key', () => add('other', 'ab=1'), 'key "ab" not valid'],
    ['a key in capitals', () => add('other', 'Key1=1'), 'key "Key1" not valid'],
    ['what is no base64', () => add('other', 'key1#base64=?'), 'base64 value of key "key1" not valid'],
    ['an empty name', () => add('', 'key1=1'), 'cannot name a secret "": it is empty (choose another)'],
    [
      'a name that reads as an ID',
      () => update('my-secret', [], { newName: unknown }),
      `cannot name a secret "${unknown}": it reads as an ID (choose another)`,
    ],
    [
      'too much in one key',
      () => add('other', `key1=${'x'.repeat(750_001)}`),
      'base64 encoded secret content for key "key1" too large: 1000004 bytes',
    ],
    [
      'too much in all',
      () => add('other', `key1=${'x'.repeat(600_000)}`, `key2=${'x'.repeat(600_000)}`),
      'base64 encoded secret content too large: 1600000 bytes',
    ],
    ['an update of nothing', () => update('my-secret', []), 'at least one attribute to update must be specified'],
    ['an update of an unknown name', () => update('nope', ['key1=1']), 'secret "nope" not found'],
    ['an update of an unknown id', () => update(unknown, ['key1=1']), `secret "secret:${unknown}" not found`],
    ['an update of a charm’s secret', () => update(charmSecret, ['key1=1']), 'permission denied'],
    [
      'a grant to nobody',
      () => grantUserSecret(made, { secret: 'my-secret', applications: ['nope', 'worker'] }),
      'failed to grant/revoke secret: cannot change access to "secret:',
    ],
    [
      'a revision that is not there',
      () => removeUserSecret(made, { secret: 'my-secret', revision: 4 }),
      '/4" not found',
    ],
    ['showing an unknown id', () => show(unknown), `secret "${unknown}" not found`],
    ['showing an unknown revision', () => show('my-secret', 3), 'revison 3 for secret "secret:'],
    ['an owner that is none', () => listSecrets(made, { owner: 'worker' }), 'invalid owner "worker"'],
  ])('%s', async (_name, call, message) => {
    await expect((async () => call())()).rejects.toThrow(message);
    expect(listSecrets(made, {}).secrets).toHaveLength(2);
  });

  test('but grants to those that are there', () => {
    expect(() => grantUserSecret(made, { secret: 'my-secret', applications: ['nope', 'worker'] })).toThrow(
      'for "nope": invalid subject reference: application "nope" not found',
    );
    expect(show('my-secret')?.access).toHaveLength(1);
  });

  test('lists the secrets of an owner by its tag', () => {
    expect(listSecrets(made, { owner: 'application-worker' }).secrets).toEqual([
      expect.objectContaining({ id: charmSecret, owner: 'worker', label: 'own' }),
    ]);
    expect(listSecrets(made, { owner: 'unit-worker-0' }).secrets).toEqual([]);
  });
});

test.each([
  ['YAML', 'auth-provider: google\noidc-private-key: |\n  a\n  b\nversion: 1.10\nnothing:\n'],
  ['JSON', '{"auth-provider": "google", "oidc-private-key": "a\\nb\\n", "version": "1.10", "nothing": null}'],
])('reads a file of %s with every value as the text that stands there', async (_name, yaml) => {
  const { id } = await addUserSecret(made, { name: 'auth', info: '', content: { words: ['extra=1'], yaml } });
  expect(decoded(show(id)?.content)).toEqual({
    'auth-provider': 'google',
    extra: '1',
    nothing: '',
    'oidc-private-key': 'a\nb\n',
    version: '1.10',
  });
});

test.each([
  ['nothing', '', 'missing secret value or filename'],
  ['a scalar', 'hello', 'yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str into map[string]string'],
  ['a list', '- a', 'yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into map[string]string'],
  ['a map inside', 'key: {a: b}', 'cannot unmarshal !!map into string'],
  ['a tab', 'key:\n\t- a', 'yaml: line 2'],
  ['an alias', 'key: &a x\nother: *a', 'cannot unmarshal'],
  ['a key#file', 'key#file: /etc/passwd', 'a value of the form key#file is taken from the command line only'],
])('refuses a file that holds %s, and changes nothing', async (_name, yaml, message) => {
  const adding = addUserSecret(made, { name: 'auth', info: '', content: { words: [], yaml } });
  await expect(adding).rejects.toThrow(message);
  expect(listSecrets(made, {}).secrets).toEqual([]);
});

test('whatever text a value is, it is kept byte for byte', async () => {
  const { id } = await addUserSecret(made, { name: 'any', info: '', content: { words: ['key=0'] } });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.boolean(), async (text, asBase64) => {
      const word = asBase64 ? `key#base64=${Buffer.from(text).toString('base64')}` : `key=${text}`;
      await update(id, [word]);
      expect(decoded(show(id)?.content)).toEqual({ key: text });
    }),
  );
});
