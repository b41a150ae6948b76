import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SecretListing } from '../../../src/controller/secrets-api.ts';
import { type Answers, FakeController, Refusal, withController } from './fake-controller.ts';

const id = '9m4e2mr0ui3e8a215n4g';
const time = '2026-01-02T03:04:05Z';
const user: SecretListing = {
  id,
  revision: 2,
  owner: '<model>',
  name: 'my-secret',
  description: 'for the workers',
  created: time,
  updated: '2026-01-02T03:05:05Z',
  access: [{ target: 'application-worker', scope: 'model-1', role: 'view' }],
  revisions: [
    { revision: 1, backend: 'internal', created: time, updated: time },
    { revision: 2, backend: 'internal', created: time, updated: time, expires: '2026-02-02T03:04:05Z' },
  ],
};
const charms: SecretListing = {
  id: 'd0abc000000000000000',
  revision: 11,
  owner: 'pg/0',
  label: 'password',
  rotation: 'daily',
  rotates: '2026-01-03T03:04:05Z',
  created: time,
  updated: new Date(Date.now() - 125_000).toISOString(),
  access: [],
  revisions: [],
};
const b64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const done: Answers = {
  addSecret: () => ({ id }),
  updateSecret: () => ({}),
  removeSecret: () => ({}),
  grantSecret: () => ({}),
  revokeSecret: () => ({}),
};

test('add-secret prints the ID, and sends what its words, files and stdin say', async () => {
  await withController(done, async (fake) => {
    writeFileSync(join(fake.cwd, 'cert.pem'), 'a\nb\n');
    writeFileSync(join(fake.cwd, 'more.yaml'), 'key3: c\n');
    const words = ['add-secret', 'my-secret', 'key1=a=b=', 'key2#base64=QQ==', 'cert#file=cert.pem'];
    expect(await fake.run([...words, '--file=more.yaml', '--info', 'mine'])).toEqual({
      code: 0,
      out: `secret:${id}\n`,
      err: '',
    });
    await fake.run(['add-secret', 'piped', '--file', '-'], { stdin: 'key4: d\n' });
    expect(fake.calls.map(({ params }) => params)).toEqual([
      {
        name: 'my-secret',
        info: 'mine',
        content: { words: ['key1=a=b=', 'key2#base64=QQ==', `cert#base64=${b64('a\nb\n')}`], yaml: 'key3: c\n' },
      },
      { name: 'piped', info: '', content: { words: [], yaml: 'key4: d\n' } },
    ]);
  });
});

test('update-secret, grant-secret, revoke-secret and remove-secret send what is asked for and print nothing', async () => {
  await withController(done, async (fake) => {
    const lines = [
      ['update-secret', 'my-secret', 'key1=a', '--auto-prune'],
      ['update-secret', `secret:${id}`, '--name', 'other', '--info', 'more', '--auto-prune=false'],
      ['grant-secret', 'my-secret', 'worker,other-app'],
      ['revoke-secret', 'my-secret', 'worker'],
      ['remove-secret', 'my-secret'],
      ['remove-secret', 'my-secret', '--revision=4'],
    ];
    for (const words of lines) expect(await fake.run(words)).toEqual({ code: 0, out: '', err: '' });
    expect(fake.calls.map(({ params }) => params)).toEqual([
      { secret: 'my-secret', autoPrune: true, content: { words: ['key1=a'] } },
      { secret: `secret:${id}`, newName: 'other', info: 'more', autoPrune: false, content: { words: [] } },
      { secret: 'my-secret', applications: ['worker', 'other-app'] },
      { secret: 'my-secret', applications: ['worker'] },
      { secret: 'my-secret', revision: null },
      { secret: 'my-secret', revision: 4 },
    ]);
  });
});

test('secrets prints Juju’s table, by owner, and as YAML or JSON what is known but no content', async () => {
  await withController({ secrets: () => ({ secrets: [charms, user] }) }, async (fake) => {
    expect((await fake.run(['secrets'])).out).toBe(`\
ID                    Name       Owner    Rotation  Revision  Last updated
9m4e2mr0ui3e8a215n4g  my-secret  <model>  never            2  2026-01-02
d0abc000000000000000  -          pg/0     daily           11  2 minutes ago
`);
    expect((await fake.run(['list-secrets', '--format', 'yaml', '--owner', 'application-pg'])).out).toContain(`\
d0abc000000000000000:
  revision: 11
  rotation: daily
  rotates: 2026-01-03T03:04:05Z
  owner: pg/0
  label: password
`);
    expect(JSON.parse((await fake.run(['secrets', '--format=json', '--revisions'])).out)[id].revisions).toEqual(
      user.revisions,
    );
    expect(fake.calls[1]?.params).toEqual({ owner: 'application-pg' });
  });
});

test('show-secret tells Juju’s fields in Juju’s order, and content with --reveal alone', async () => {
  const content = {
    key10: b64('x'),
    key2: b64('2026-01-02T03:04:05Z'),
    pem: b64('a\nb\n'),
    bytes: b64(Buffer.from([255])),
  };
  const showSecret: Answers['showSecret'] = ({ reveal }) => ({
    secrets: [reveal ? { ...user, checksum: 'c0ffee', content } : user],
  });
  await withController({ showSecret }, async (fake) => {
    const head = `  owner: <model>
  description: for the workers
  name: my-secret
  created: 2026-01-02T03:04:05Z
  updated: 2026-01-02T03:05:05Z
`;
    const access = `  access:
  - target: application-worker
    scope: model-1
    role: view
`;
    expect((await fake.run(['show-secret', 'my-secret'])).out).toBe(`${id}:\n  revision: 2\n${head}${access}`);
    expect((await fake.run(['show-secret', 'my-secret', '--reveal', '-r', '2'])).out).toBe(`\
${id}:
  revision: 2
  checksum: c0ffee
${head}  content:
    bytes: !!binary |-
      /w==
    key2: "2026-01-02T03:04:05Z"
    key10: x
    pem: |
      a
      b
${access}`);
    expect((await fake.run(['show-secret', 'my-secret', '--revisions'])).out).toBe(`\
${id}:
  revision: 2
${head}  revisions:
  - revision: 1
    backend: internal
    created: 2026-01-02T03:04:05Z
    updated: 2026-01-02T03:04:05Z
  - revision: 2
    backend: internal
    created: 2026-01-02T03:04:05Z
    updated: 2026-01-02T03:04:05Z
    expires: 2026-02-02T03:04:05Z
${access}`);
    const json = JSON.parse((await fake.run(['show-secret', id, '--reveal', '--format', 'json'])).out);
    expect(json[id].content).toEqual({ bytes: '\ufffd', key10: 'x', key2: '2026-01-02T03:04:05Z', pem: 'a\nb\n' });
    expect(fake.calls.map(({ params }) => params)).toEqual([
      { secret: 'my-secret', revision: 0, reveal: false },
      { secret: 'my-secret', revision: 2, reveal: true },
      { secret: 'my-secret', revision: 0, reveal: false },
      { secret: id, revision: 0, reveal: true },
    ]);
  });
});

test.each([
  [['add-secret'], 'secret name needs to be supplied as the first argument'],
  [
    ['add-secret', 'key1=hidden', 'key2=hidden'],
    'secret name needs to be supplied as the first argument (there is "key1=…" in its place)',
  ],
  [['add-secret', 'my-secret'], 'missing secret value or filename'],
  [
    ['add-secret', 'my-secret', 'key#file=/no/such'],
    'reading content for secret key "key": open /no/such: no such file or directory',
  ],
  [['update-secret'], 'missing secret URI'],
  [['grant-secret', 'my-secret'], 'missing secret URI or application name'],
  [['grant-secret', 'my-secret', 'a,,b'], 'invalid application name ""'],
  [['revoke-secret', 'my-secret', 'worker', 'other'], 'unrecognized args: ["other"]'],
  [['remove-secret'], 'missing secret URI'],
  [['remove-secret', 'my-secret', '--revision', 'one'], 'invalid value "one" for option --revision (a number from 1)'],
  [['secrets', 'my-secret'], 'unrecognized args: ["my-secret"]'],
  [['show-secret'], 'secret ID is required'],
  [['show-secret', 'x', '--reveal', '--revisions'], 'specify either --revisions or --reveal but not both'],
  [['show-secret', 'x', '--revisions', '--revision', '2'], 'specify either --revisions or --revision but not both'],
  [['show-secret', 'x', '--revision', '-1'], 'revision must be a positive integer'],
])('%s is refused before a controller is asked', async (words, error) => {
  expect(await FakeController.absent().run(words)).toEqual({ code: 2, out: '', err: `ERROR ${error}\n` });
});

test('a file that is too large, missing or no text is refused by its name', async () => {
  await withController({}, async (fake) => {
    writeFileSync(join(fake.cwd, 'large'), 'x'.repeat(1_000_001));
    writeFileSync(join(fake.cwd, 'binary'), Buffer.from([255, 254]));
    const run = async (...words: string[]) => (await fake.run(['add-secret', 'my-secret', ...words])).err;
    const large = `ERROR secret content in file "${join(fake.cwd, 'large')}" too large: 1000001 bytes\n`;
    expect(await run('key#file=large')).toBe(large);
    expect(await run('--file', 'large')).toContain('too large: 1000001 bytes');
    expect(await run('--file', 'nothing')).toBe('ERROR cannot read secret file "nothing": there is no such file\n');
    expect(await run('--file', 'binary')).toBe('ERROR cannot read secret file "binary": it is not UTF-8 text\n');
    expect(fake.calls).toEqual([]);
  });
});

test('the controller’s refusal is printed as it is', async () => {
  const addSecret = () => {
    throw new Refusal('secret with name "my-secret" already exists');
  };
  await withController({ addSecret }, async (fake) => {
    expect(await fake.run(['add-secret', 'my-secret', 'key1=a'])).toEqual({
      code: 1,
      out: '',
      err: 'ERROR secret with name "my-secret" already exists\n',
    });
  });
});
