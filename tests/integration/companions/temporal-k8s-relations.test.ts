import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { writeCharm } from '../controller/controller.ts';
import { freePort, System, until } from '../system/system.ts';

let system: System;
let port: number;

beforeAll(async () => {
  system = new System();
  const uiPort = await freePort();
  port = await freePort();
  await system.do('deploy', 'temporal-k8s', '--config', `port=${port}`, '--config', `ui-port=${uiPort}`);
  const charm = writeCharm(join(system.root, 'charm'), {
    name: 'worker',
    body: [
      'case $event in',
      'config-changed | info-relation-created) for id in $(relation-ids info | tr -d "[]"); do',
      '  relation-set -r "$id" --app namespace="$(config-get namespace)" queue=q; done ;;',
      'server-relation-changed) server="$(relation-get -r "$JUJU_RELATION_ID" --app - temporal-k8s --format=json)"',
      '  status-set active "$server" ;;',
      'server-relation-broken) status-set waiting "no server" ;;',
      'esac',
    ].join('\n'),
    files: {
      'metadata.yaml': [
        'name: worker',
        'requires: {server: {interface: temporal-host-info, limit: 1}}',
        'provides: {info: {interface: temporal-worker-info}}',
      ].join('\n'),
      'config.yaml': 'options: {namespace: {type: string, default: first}}\n',
    },
  });
  await system.do('deploy', charm, 'worker');
  await system.waitForUnit('temporal-k8s/0', 'workload-status=="active"');
});
afterAll(() => system?.close());

const told = (at: number) => JSON.stringify({ host: '127.0.0.1', port: String(at), tls: 'false' });
const described = (namespace: string) =>
  system.run('run', 'temporal-k8s/0', 'cli', `args=operator namespace describe --namespace ${namespace}`);
const message = async (unit: string) => (await system.unit(unit))['workload-status'].message ?? '';
const seen = (what: string, is: () => Promise<boolean>) => until(what, 120_000, async () => (await is()) || undefined);

test('tells a related application where the server is, also when it has moved, and no more when the relation is gone', async () => {
  await system.do('relate', 'worker', 'temporal-k8s');
  await seen('it is told', async () => (await message('worker/0')) === told(port));
  const next = await freePort();
  await system.do('config', 'temporal-k8s', `port=${next}`);
  await seen('it is told of the new port', async () => (await message('worker/0')) === told(next));
  await system.do('remove-relation', 'worker:server', 'temporal-k8s');
  await seen('it is told that there is none', async () => (await message('worker/0')) === 'no server');
  await system.waitForUnit('temporal-k8s/0', 'workload-status=="active"');
});

test('makes the namespace that a related worker uses, and says why it cannot', async () => {
  await system.do('integrate', 'worker:info', 'temporal-k8s');
  await seen('there is one', async () => (await described('first')).stdout.includes('command succeeded'));
  await system.do('config', 'worker', 'namespace=second');
  await seen('there is the other', async () => (await described('second')).stdout.includes('command succeeded'));
  const long = 'n'.repeat(1001);
  await system.do('config', 'worker', `namespace=${long}`);
  await seen('the reason is told', async () =>
    (await message('temporal-k8s/0')).startsWith(`cannot create namespace "${long}": `),
  );
  await system.do('config', 'worker', 'namespace=second');
  await seen('all is well again', async () => (await message('temporal-k8s/0')) === '');
});
