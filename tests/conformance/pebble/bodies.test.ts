import { describe, expect, test } from 'vitest';
import { daemons } from './daemons.ts';
import { refusalOf } from './refusal.ts';

const custom = { action: 'add', type: 'custom', key: 'example.com/x' };
const layer = { action: 'add', combine: true, label: 'l', format: 'yaml', layer: '{}' };

/** What follows `cannot decode request body: json: cannot unmarshal ` in the refusal. */
const wrong: readonly [string, object, string][] = [
  ['layers', { ...layer, label: 5 }, 'number into Go struct field .label of type string'],
  ['layers', { ...layer, layer: {} }, 'object into Go struct field .layer of type string'],
  ['layers', { ...layer, combine: 'yes' }, 'string into Go struct field .combine of type bool'],
  ['exec', { command: 'ls' }, 'string into Go struct field execPayload.command of type []string'],
  ['exec', { command: ['ls', 5] }, 'number into Go struct field execPayload.command of type string'],
  [
    'exec',
    { command: ['ls'], environment: { A: 1 } },
    'number into Go struct field execPayload.environment of type string',
  ],
  [
    'exec',
    { command: ['ls'], 'working-dir': true },
    'bool into Go struct field execPayload.working-dir of type string',
  ],
  ['exec', { command: ['ls'], width: 1.5 }, 'number 1.5 into Go struct field execPayload.width of type int'],
  ['signals', { signal: 1, services: ['w'] }, 'number into Go struct field signalsPayload.signal of type string'],
  ['files', { action: 'remove', paths: '/x' }, 'string into Go struct field .paths of type []daemon.removePathsItem'],
  ['files', { action: 'remove', paths: ['/x'] }, 'string into Go struct field .paths of type daemon.removePathsItem'],
  [
    'files',
    { action: 'make-dirs', dirs: [{ path: 5 }] },
    'number into Go struct field makeDirsItem.dirs.path of type string',
  ],
  [
    'files',
    { action: 'make-dirs', dirs: [{ path: '/x', 'user-id': '0' }] },
    'string into Go struct field makeDirsItem.dirs.user-id of type int',
  ],
  ['notices', { ...custom, key: ['x'] }, 'array into Go struct field .key of type string'],
  [
    'identities',
    { action: 'add', identities: [] },
    'array into Go struct field .identities of type map[string]*daemon.apiIdentity',
  ],
  [
    'identities',
    { action: 'add', identities: { a: { access: 'read', local: { 'user-id': -1 } } } },
    'number -1 into Go struct field apiLocalIdentity.identities.local.user-id of type uint32',
  ],
  [
    'identities',
    { action: 'add', identities: { a: { access: 1 } } },
    'number into Go struct field apiIdentity.identities.access of type identities.Access',
  ],
];

describe.each(daemons)('bodies of calls to $name', ({ start }) => {
  test('are refused when a field has another type than it should', async () => {
    await using daemon = await start();
    const found = new Map<object, string>();
    for (const [path, body] of wrong) found.set(body, await refusalOf(daemon.client.call('POST', `/v1/${path}`, body)));
    expect([...found]).toEqual(
      wrong.map(([, body, why]) => [body, `400 cannot decode request body: json: cannot unmarshal ${why}`]),
    );
    const post = (path: string, body: object): Promise<string> => {
      return refusalOf(daemon.client.call('POST', `/v1/${path}`, body));
    };
    const data = '400 cannot decode data from request body: json: cannot unmarshal';
    expect(await post('services', { action: 5 })).toBe(`${data} number into Go struct field .action of type string`);
    expect(await post('checks', { action: 'start', checks: {} })).toBe(
      `${data} object into Go struct field .checks of type []string`,
    );
    expect(await post('notices', { ...custom, data: ['x'] })).toBe(
      '400 cannot decode notice data: json: cannot unmarshal array into Go value of type map[string]string',
    );
    expect(await post('notices', { ...custom, data: { a: 1 } })).toBe(
      '400 cannot decode notice data: json: cannot unmarshal number into Go value of type string',
    );
  });

  test('may hold null for what is absent', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const post = (path: string, body: object | null): Promise<string> => {
      return refusalOf(client.call('POST', `/v1/${path}`, body as object));
    };
    expect(await post('services', null)).toBe('400 must specify services for  action');
    expect(await post('layers', { ...layer, action: null })).toBe('400 invalid action ""');
    expect(await post('layers', { ...layer, label: null })).toBe('400 label must be set');
    expect(await post('layers', { ...layer, layer: null, inner: null })).toBe('accepted');
    expect(await post('signals', { signal: null, services: null })).toBe('400 must specify one or more services');
    expect(await post('identities', { action: 'add', identities: null })).toBe('accepted');
    const { result } = await client.call('POST', '/v1/files', { action: 'remove', paths: [null] });
    expect(result).toEqual([
      { path: '', error: { message: 'paths must be absolute, got ""', kind: 'generic-file-error' } },
    ]);
  });
});
