import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HookEvent } from '../../../src/controller/hook/event.ts';
import { type MemoryFacts, MemoryModel, noWrites } from '../../unit/controller/hook/memory-model.ts';
import { charmHost, configChanged } from './charm-host.ts';

const host = charmHost();
const related: MemoryFacts = { relations: [{ id: 7, endpoint: 'database', remoteApp: 'pg', remoteUnits: ['pg/0'] }] };
const dispatched = 'hook dispatching script: dispatch';

test('dispatch finds exactly the environment that Juju gives', async () => {
  host.program('dispatch', 'env -0 > env; pwd > cwd; readlink /proc/self/fd/0 > stdin; echo $# > args');
  const { outcome } = host.run(configChanged, { facts: { modelConfig: { 'juju-https-proxy': 'http://p:3128' } } });
  expect(await outcome).toEqual({ kind: 'ok', via: dispatched });
  const read = (file: string) => readFileSync(join(host.charmDir(), file), 'utf8');
  const env = Object.fromEntries(
    read('env')
      .split('\0')
      .slice(0, -1)
      .map((entry) => entry.split(/=(.*)/s).slice(0, 2)),
  );
  expect(env.JUJU_CONTEXT_ID).toMatch(/^w\/0-config-changed-[0-9a-f]{16}$/);
  // PWD and _ are the shell's own, not the controller's.
  const { JUJU_CONTEXT_ID: _id, PWD: _pwd, _: _last, OLDPWD: _old, SHLVL: _level, ...rest } = env;
  expect(rest).toEqual({
    APT_LISTCHANGES_FRONTEND: 'none',
    CHARM_CONTAINERS_DIR: join(host.home(), 'u/w-0'),
    CHARM_DIR: host.charmDir(),
    CLOUD_API_VERSION: '',
    DEBIAN_FRONTEND: 'noninteractive',
    JUJU_AGENT_SOCKET_ADDRESS: host.server().address,
    JUJU_AGENT_SOCKET_NETWORK: 'unix',
    JUJU_API_ADDRESSES: '',
    JUJU_AVAILABILITY_ZONE: '',
    JUJU_CHARM_DIR: host.charmDir(),
    JUJU_CHARM_FTP_PROXY: '',
    JUJU_CHARM_HTTPS_PROXY: 'http://p:3128',
    JUJU_CHARM_HTTP_PROXY: '',
    JUJU_CHARM_NO_PROXY: '127.0.0.1,localhost,::1',
    JUJU_DISPATCH_PATH: 'hooks/config-changed',
    JUJU_HOOK_NAME: 'config-changed',
    JUJU_MACHINE_ID: '',
    JUJU_MODEL_NAME: 'default',
    JUJU_MODEL_UUID: 'cdac5656-2423-4388-8f30-41854b4cca7d',
    JUJU_PRINCIPAL_UNIT: '',
    JUJU_UNIT_NAME: 'w/0',
    JUJU_VERSION: '3.6.13',
    LANG: 'C.UTF-8',
    PATH: `${host.server().toolsDir}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    TERM: 'tmux-256color',
  });
  expect([read('cwd'), read('stdin'), read('args')]).toEqual([`${host.charmDir()}\n`, '/dev/null\n', '0\n']);
});

test('what a hook writes is committed once, when it succeeds', async () => {
  host.program(
    'dispatch',
    'relation-set -r 7 --file - <<E\nhost: "a b"\nE\nstate-set k="$(relation-get -r 7 host w/0)"; open-port 80; status-set active ok',
  );
  const { model, outcome } = host.run(configChanged, { facts: related });
  expect(await outcome).toEqual({ kind: 'ok', via: dispatched });
  expect(model.commits).toEqual([
    {
      ...noWrites,
      settings: [{ relation: 7, entity: 'w/0', changes: { host: 'a b' } }],
      state: { k: 'a b' },
      portsOpened: ['80/tcp'],
    },
  ]);
  expect(model.unitStatus('w/0')).toMatchObject({ status: 'active', message: 'ok' });
});

test('a hook that fails writes nothing but its status', async () => {
  host.program('dispatch', 'state-set k=v; status-set blocked why; echo out; echo err >&2; exit 3');
  const relation = { endpoint: 'database', id: 7, remoteApp: 'pg', remoteUnit: 'pg/0' };
  const { model, outcome } = host.run({ hook: 'database-relation-changed', relation }, { facts: related });
  expect(await outcome).toEqual({
    kind: 'failed',
    reason: 'hook failed: "database-relation-changed" for pg:database',
    detail: 'exit status 3',
    returnCode: 3,
    via: dispatched,
  });
  expect(model.commits).toEqual([]);
  expect(model.unitStatus('w/0').message).toBe('why');
  const module = 'unit.w/0.database-relation-changed';
  expect(model.logged).toEqual(
    expect.arrayContaining([
      { unit: 'w/0', level: 'DEBUG', module, message: 'out' },
      { unit: 'w/0', level: 'WARNING', module, message: 'err' },
    ]),
  );
});

test('a commit that is refused makes the hook fail', async () => {
  host.program('dispatch', 'state-set k=v');
  const model = new MemoryModel();
  model.refusal = 'too late';
  expect(await host.run(configChanged, { model }).outcome).toMatchObject({
    kind: 'failed',
    detail: 'too late',
    returnCode: 0,
  });
});

test('hooks and actions have their own files when there is no dispatch', async () => {
  host.program('hooks/install', 'status-set active "$JUJU_DISPATCH_PATH"');
  const { model, outcome } = host.run({ hook: 'install' });
  expect(await outcome).toEqual({ kind: 'ok', via: 'explicit, bespoke hook script' });
  expect(model.unitStatus('w/0').message).toBe('hooks/install');
  expect(await host.run({ hook: 'start' }).outcome).toEqual({ kind: 'missing' });
  const missing = host.run({ hook: '', action: { name: 'nope', task: '1', params: {} } });
  expect(await missing.outcome).toMatchObject({
    kind: 'action',
    status: 'failed',
    message: 'action not implemented on unit "w/0"',
  });
});

test('an action reports its output, its results and its failure, and still commits', async () => {
  host.program(
    'dispatch',
    'action-log "half way"; action-set a.b="$(action-get to)"; state-set k=v; action-fail "no space"; printf "out\\n\\n"; echo err >&2',
  );
  const logs: string[] = [];
  const action = { name: 'backup', task: '9', params: { to: 's3' } };
  const { model, outcome } = host.run({ hook: '', action }, { onTaskLog: (line) => logs.push(line) });
  expect(await outcome).toEqual({
    kind: 'action',
    status: 'failed',
    message: 'no space',
    results: { a: { b: 's3' }, 'return-code': 0, stdout: 'out\n\n', stderr: 'err\n' },
  });
  expect(logs).toEqual(['half way']);
  expect(model.taskLogs).toEqual([{ task: '9', message: 'half way' }]);
  expect(model.commits).toEqual([{ ...noWrites, state: { k: 'v' } }]);
});

test('an action whose process fails keeps its results, and commits nothing', async () => {
  host.program('dispatch', 'action-set a=1; state-set k=v; printf "\\377"; exit 2');
  const { model, outcome } = host.run({ hook: '', action: { name: 'backup', task: '9', params: {} } });
  expect(await outcome).toEqual({
    kind: 'action',
    status: 'failed',
    message: 'exit status 2',
    results: { a: '1', 'return-code': 2, stdout: '/w==', 'stdout-encoding': 'base64' },
  });
  expect(model.commits).toEqual([]);
});

test('exec runs a command line in the context of the unit', async () => {
  mkdirSync(host.charmDir());
  const exec = { command: 'is-leader; echo "$JUJU_UNIT_NAME $PWD"; exit 4', task: '12' };
  expect(await host.run({ hook: '', exec }).outcome).toEqual({
    kind: 'action',
    status: 'failed',
    message: 'exit status 4',
    results: { 'return-code': 4, stdout: `True\nw/0 ${host.charmDir()}\n` },
  });
});

test('calls of one hook are answered one at a time, in the order in which they came', async () => {
  host.program(
    'dispatch',
    'i=0; while [ $i -lt 40 ]; do state-set k$i=v & i=$((i+1)); done; wait; state-get --format=json',
  );
  const { model, outcome } = host.run(configChanged);
  expect(await outcome).toMatchObject({ kind: 'ok' });
  expect(Object.keys(model.commits[0]?.state ?? {})).toHaveLength(40);
});

test('a context that has ended is refused, and the running one is not disturbed', async () => {
  host.program('dispatch', 'JUJU_CONTEXT_ID=w/0-install-old config-get 2>&1; JUJU_CONTEXT_ID= config-get 2>&1; true');
  const { model, outcome } = host.run(configChanged);
  expect(await outcome).toMatchObject({ kind: 'ok' });
  expect(model.logged.map((line) => line.message)).toEqual([
    expect.stringMatching(
      /^ERROR bad request: expected context id "w\/0-config-changed-[0-9a-f]+", got "w\/0-install-old"$/,
    ),
    'ERROR JUJU_CONTEXT_ID not set',
  ]);
});

test('a companion uses the same commands, and its writes vanish when it fails', async () => {
  const unit = {
    name: 'w/0',
    model: { name: 'm', uuid: '8f9d6e3a-6d2c-4c6e-9d0b-0f1e2d3c4b5a' },
    dataDir: host.home(),
    places: { cache: host.home(), env: {} },
    pebbleSockets: {},
    config: {},
    controllerMetrics: undefined,
  };
  const companion = {
    metadata: '',
    config: '',
    actions: '',
    needs: async () => [],
    prepare: async () => undefined,
    handle: async (
      event: HookEvent,
      tools: { run(command: string, args: string[]): Promise<{ exitCode: number; stderr: string }> },
    ) => {
      await tools.run('state-set', ['k=v']);
      if (event.hook === 'start') {
        throw new Error('cannot start');
      }
    },
  };
  const how = { kind: 'companion', companion, unit } as const;
  const good = host.run({ hook: 'install' }, { how });
  expect(await good.outcome).toEqual({ kind: 'ok' });
  expect(good.model.commits).toEqual([{ ...noWrites, state: { k: 'v' } }]);
  const bad = host.run({ hook: 'start' }, { how });
  expect(await bad.outcome).toEqual({
    kind: 'failed',
    reason: 'hook failed: "start"',
    detail: 'cannot start',
    returnCode: null,
  });
  expect(bad.model.commits).toEqual([]);
});
