import { expect, test } from 'vitest';
import { hookEnvironment } from '../../../../src/controller/hook/environment.ts';
import type { HookEvent } from '../../../../src/controller/hook/event.ts';
import { MemoryModel } from './memory-model.ts';

function environment(event: HookEvent, modelConfig: Record<string, string> = {}, extra: Record<string, string> = {}) {
  return hookEnvironment({
    model: new MemoryModel({ modelConfig }),
    unit: 'w/0',
    event,
    contextId: 'w/0-x-1',
    charmDir: '/c',
    containersDir: '/r',
    jujuVersion: '3.6.13',
    server: { address: '/s', toolsDir: '/t' },
    extra,
  });
}

const always = Object.keys(environment({ hook: 'start' }));

const relation = { endpoint: 'database', id: 7, remoteApp: 'pg', remoteUnit: 'pg/0' };
const fromRelation = {
  JUJU_RELATION: 'database',
  JUJU_RELATION_ID: 'database:7',
  JUJU_REMOTE_APP: 'pg',
  JUJU_REMOTE_UNIT: 'pg/0',
};

for (const { name, event, path, added } of [
  { name: 'a plain hook', event: { hook: 'start' }, path: 'hooks/start', added: {} },
  {
    name: 'a relation hook',
    event: { hook: 'database-relation-joined', relation },
    path: 'hooks/database-relation-joined',
    added: fromRelation,
  },
  {
    name: 'a hook for a relation that begins',
    event: { hook: 'database-relation-created', relation: { ...relation, remoteUnit: '' } },
    path: 'hooks/database-relation-created',
    added: { ...fromRelation, JUJU_REMOTE_UNIT: '' },
  },
  {
    name: 'a unit that departs',
    event: { hook: 'database-relation-departed', relation: { ...relation, departingUnit: 'w/0' } },
    path: 'hooks/database-relation-departed',
    added: { ...fromRelation, JUJU_DEPARTING_UNIT: 'w/0' },
  },
  {
    name: 'a notice of a container',
    event: {
      hook: 'web-pebble-custom-notice',
      workload: { container: 'web', notice: { id: '10', type: 'custom', key: 'example.com/a' } },
    },
    path: 'hooks/web-pebble-custom-notice',
    added: {
      JUJU_WORKLOAD_NAME: 'web',
      JUJU_NOTICE_ID: '10',
      JUJU_NOTICE_TYPE: 'custom',
      JUJU_NOTICE_KEY: 'example.com/a',
    },
  },
  {
    name: 'a check that fails',
    event: { hook: 'web-pebble-check-failed', workload: { container: 'web', check: 'up' } },
    path: 'hooks/web-pebble-check-failed',
    added: { JUJU_WORKLOAD_NAME: 'web', JUJU_PEBBLE_CHECK_NAME: 'up' },
  },
  {
    name: 'a revision nobody tracks any more',
    event: { hook: 'secret-remove', secret: { uri: 'secret:9m4e2mr0ui3e8a215n4g', label: '', revision: 3 } },
    path: 'hooks/secret-remove',
    added: {
      JUJU_SECRET_ID: 'secret:9m4e2mr0ui3e8a215n4g',
      JUJU_SECRET_LABEL: '',
      JUJU_SECRET_REVISION: '3',
    },
  },
  {
    name: 'storage',
    event: { hook: 'certs-storage-attached', storage: { id: 'certs/0', kind: 'filesystem', location: '/s/certs/0' } },
    path: 'hooks/certs-storage-attached',
    added: { JUJU_STORAGE_ID: 'certs/0', JUJU_STORAGE_KIND: 'filesystem', JUJU_STORAGE_LOCATION: '/s/certs/0' },
  },
  {
    name: 'an action',
    event: { hook: '', action: { name: 'restart', task: '2', params: {} } },
    path: 'actions/restart',
    added: { JUJU_ACTION_NAME: 'restart', JUJU_ACTION_UUID: '2', JUJU_ACTION_TAG: 'action-2' },
  },
] as { name: string; event: HookEvent; path: string; added: Record<string, string> }[]) {
  test(`for ${name} exactly its own variables are added`, () => {
    const env = environment(event);
    expect(env.JUJU_DISPATCH_PATH).toBe(path);
    expect(env.JUJU_HOOK_NAME).toBe(event.hook);
    expect(Object.fromEntries(Object.entries(env).filter(([key]) => !always.includes(key)))).toEqual(added);
  });
}

test('proxies of charms are always there, the older ones only when one is set', () => {
  const plain = environment({ hook: 'start' }, { 'no-proxy': 'localhost' });
  expect([plain.JUJU_CHARM_HTTP_PROXY, plain.http_proxy, plain.NO_PROXY]).toEqual(['', undefined, undefined]);
  const proxied = environment({ hook: 'start' }, { 'http-proxy': 'http://p:1', 'no-proxy': 'localhost' });
  expect([proxied.http_proxy, proxied.HTTP_PROXY, proxied.no_proxy, proxied.NO_PROXY]).toEqual([
    'http://p:1',
    'http://p:1',
    'localhost',
    'localhost',
  ]);
});

test("variables of our own never replace one of Juju's", () => {
  const env = environment({ hook: 'start' }, {}, { JUJU_UNIT_NAME: 'no', PATH: '/no', EXTRA: 'yes' });
  expect([env.JUJU_UNIT_NAME, env.PATH?.startsWith('/t:'), env.EXTRA]).toEqual(['w/0', true, 'yes']);
});
