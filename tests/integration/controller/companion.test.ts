import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Companion } from '../../../src/controller/companion.ts';
import { pathsFrom } from '../../../src/controller/paths.ts';
import { type Controller, startController } from '../../../src/controller/start.ts';
import { TestController, until, writeCharm } from './controller.ts';

let controller: Controller;
let client: TestController;
let prepare: Companion['prepare'];
const handled: string[] = [];

/** A companion that only writes down what it is told. */
const companion: Companion = {
  metadata: 'name: helper\npeers: {peer: {interface: helper}}\nprovides: {help: {interface: help}}\n',
  config: 'options: {word: {type: string, default: hello}}\n',
  actions: 'echo: {description: Says it again., params: {text: {type: string}}, required: [text]}\n',
  needs: async () => [{ what: 'Helper 1.0', how: 'build', megabytes: 10, seconds: 60 }],
  prepare: (places, say, signal) => prepare(places, say, signal),
  announce: async (unit) => [`${unit.name} is at http://localhost`],
  handle: async (event, tools, unit) => {
    handled.push(event.action ? `action ${event.action.name}` : event.hook);
    if (event.hook === 'help-relation-joined') await tools.run('relation-set', ['--app', 'at=localhost']);
    if (event.action) await tools.run('action-set', [`text=${event.action.params.text}`]);
    if (unit.config.word === 'bad') {
      await tools.run('state-set', ['lost=yes']);
      throw new Error('cannot be bad: it is not done');
    }
    await tools.run('status-set', ['active', String(unit.config.word)]);
  },
};

async function start(): Promise<void> {
  controller = await startController({
    paths: pathsFrom(client.env),
    env: client.env,
    catalogue: { charms: {}, companions: { helper: async () => companion } },
  });
}

beforeEach(async () => {
  handled.length = 0;
  prepare = async (_places, say) => say('building helper');
  client = new TestController();
  await start();
});
afterEach(async () => {
  await client.call('killController', {});
  await controller.ended;
  rmSync(client.scratch, { recursive: true, force: true });
});

test('a companion is driven as a charm is, and told what its deployment needs and where it is', async () => {
  expect((await client.call('needs', { charm: 'helper' })).needs).toHaveLength(1);
  const lines: string[] = [];
  const result = await client.call(
    'deploy',
    { charm: 'helper', units: 1, config: {}, configYaml: [], resources: {}, live: false, trust: false },
    (event) => lines.push(event.progress),
  );
  expect(lines).toContain('building helper');
  expect(result.messages).toEqual(['helper/0 is at http://localhost']);
  await client.waitForUnit('helper/0', 'active', 'hello');
  const operation = await client.call('run', {
    units: ['helper/0'],
    action: 'echo',
    params: { text: 'once more' },
    background: false,
    waitMs: 20_000,
  });
  expect(operation.tasks['helper/0']).toMatchObject({ status: 'completed', results: { text: 'once more' } });
  expect(handled).toEqual([
    'install',
    'peer-relation-created',
    'leader-elected',
    'config-changed',
    'start',
    'action echo',
  ]);
});

test('what a companion says when it fails puts its unit into error, and its writes are gone', async () => {
  await client.deploy('helper');
  await client.waitForUnit('helper/0', 'active', 'hello');
  expect(handled.at(-1)).toBe('start');
  await client.config('helper', { word: 'bad' });
  await client.waitForUnit('helper/0', 'error', 'hook failed: "config-changed"');
  const messages: string[] = [];
  await client.call(
    'debugLog',
    {
      include: [],
      exclude: [],
      includeModule: [],
      excludeModule: [],
      level: 'ERROR',
      backlog: 5,
      limit: 0,
      follow: false,
    },
    (line) => messages.push(line.message),
  );
  expect(messages.join('\n')).toContain('cannot be bad: it is not done');
});

test('a preparation that fails is told to whoever deploys; the unit tries again by itself', async () => {
  // Only when it is told to: how long it waits depends on the clock.
  await client.call('modelConfigSet', { values: { 'automatically-retry-hooks': 'false' }, reset: [] });
  let attempts = 0;
  prepare = async () => {
    attempts += 1;
    throw new Error('cannot get helper: no network (connect the machine)');
  };
  await expect(client.deploy('helper')).rejects.toThrow(
    /^cannot get helper: no network \(connect the machine\) \(unit helper\/0 tries again by itself/,
  );
  await client.waitForUnit('helper/0', 'error', 'hook failed: "install"');
  prepare = async () => {};
  await client.call('resolved', { units: ['helper/0'], all: false, retry: true });
  await client.waitForUnit('helper/0', 'active', 'hello');
  expect(attempts).toBe(1);
  expect(existsSync(join(client.paths.data, 'units/helper-0/data'))).toBe(true);
});

test('the end of the controller does not wait for what is still being fetched', async () => {
  const ways = [() => client.call('stop', {}), () => client.call('killController', {})];
  for (const end of ways) {
    const begun = Promise.withResolvers<void>();
    prepare = (_places, _say, signal) =>
      new Promise((_done, fail) => {
        signal?.addEventListener('abort', () => fail(signal.reason));
        begun.resolve();
      });
    const deploying = client.deploy('helper').catch((error: Error) => error.message);
    await begun.promise;
    await end();
    await controller.ended;
    await deploying;
    await start();
  }
});

test('a companion is related to a charm, and its databag reaches the charm', async () => {
  const body =
    'if [ "$event" = help-relation-changed ] && [ -z "$JUJU_REMOTE_UNIT" ]; then status-set active "$(relation-get --app at helper)"; fi';
  const charm = writeCharm(join(client.scratch, 'asker'), {
    name: 'asker',
    body,
    files: { 'metadata.yaml': 'name: asker\nrequires: {help: {interface: help}}\n' },
  });
  await Promise.all([client.deploy('helper'), client.deploy(charm)]);
  await client.call('integrate', { endpoints: ['asker', 'helper'] });
  await client.waitForUnit('asker/0', 'active', 'localhost');
  await client.call('removeRelation', { endpoints: ['helper', 'asker'], force: false });
  await client.waitForTold('asker/0', 'help-relation-broken');
  await until('the companion has been told', async () => handled.includes('help-relation-broken'));
  expect(handled.filter((hook) => hook.startsWith('help-'))).toEqual([
    'help-relation-created',
    'help-relation-joined',
    'help-relation-changed',
    'help-relation-departed',
    'help-relation-broken',
  ]);
});
