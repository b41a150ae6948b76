import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Environment, EnvironmentVariable } from '../../../src/controller/author-api.ts';
import { unit, worker } from './spine.ts';
import { checkout, System, until } from './system.ts';

let system: System;
beforeAll(async () => {
  system = new System();
  await system.do(
    'deploy',
    worker,
    `--resource=temporal-worker-image=${join(checkout, 'tests/fixtures/sleeping-worker')}`,
    '--config=host=127.0.0.1:1',
    '--config=queue=q',
    '--config=namespace=n',
  );
  const id = (await system.do('add-secret', 'mine', 'token=canary-token', 'other=canary-other')).trim();
  await system.do('grant-secret', 'mine', worker);
  await system.do(
    'config',
    worker,
    `environment={env: [{name: PLAIN, value: 1}, {name: TOKEN, value: below}], juju: [{secret-id: "${id}", name: TOKEN, key: token}]}`,
    'encryption-key=canary-option',
  );
  await told('TOKEN', 'same');
});
afterAll(() => system?.close());

async function explained(...flags: readonly string[]): Promise<Environment> {
  return JSON.parse(await system.do('env', unit, '--explain', '--format', 'json', ...flags)) as Environment;
}

/** Waits until the worker stands to the variable like that. */
async function told(name: string, wanted: EnvironmentVariable['worker']): Promise<void> {
  await until(`${name} is ${wanted} for the worker`, 120_000, async () => {
    const { variables } = await explained();
    return variables.find((each) => each.name === name)?.worker === wanted || undefined;
  });
}

test('each variable is shown with its source and what it shadows, and a secret value only when it is asked for', async () => {
  const { state, compared, variables } = await explained();
  const of = (name: string) => variables.find((each) => each.name === name);
  expect({ state, compared }).toEqual({ state: 'ready', compared: true });
  expect(of('PLAIN')).toEqual({
    name: 'PLAIN',
    value: '1',
    secret: false,
    source: 'environment.env[0]',
    shadows: [],
    worker: 'same',
  });
  expect(of('TOKEN')).toMatchObject({ value: '***', secret: true, shadows: ['environment.env[1]'], worker: 'same' });
  expect(of('TOKEN')?.source).toMatch(/^environment\.juju\[0\] \(secret secret:[0-9a-v]{20}, key token\)$/);
  expect(of('TWC_ENCRYPTION_KEY')).toMatchObject({ value: '***', source: 'option encryption-key' });
  expect(JSON.stringify(variables)).not.toContain('canary');
  expect(await system.do('env', unit)).not.toContain('canary');
  const revealed = JSON.parse(await system.do('env', unit, '--reveal', '--format', 'json'));
  expect(revealed).toMatchObject({ PLAIN: '1', TOKEN: 'canary-token', TWC_ENCRYPTION_KEY: 'canary-option' });
});

test('a query is told to nobody: no task, no line of the log, nothing written', async () => {
  const before = await system.do('operations', '--format', 'json');
  await explained('--reveal');
  expect(await system.do('operations', '--format', 'json')).toBe(before);
  expect(await system.debugLog()).not.toContain('canary');
});

test('a proxy of the model reaches the worker at once, in both spellings, and leaves alone what the user wrote', async () => {
  const { environment } = JSON.parse(await system.do('config', worker, '--format', 'json')).settings;
  await system.do(
    'config',
    worker,
    `environment=${environment.value.replace('env: [', 'env: [{name: NO_PROXY, value: mine}, ')}`,
  );
  await told('NO_PROXY', 'same');
  await system.do('model-config', 'juju-http-proxy=http://proxy:3128', 'juju-no-proxy=10.0.0.0/8');
  await told('http_proxy', 'same');
  const seen = JSON.parse(await system.do('env', unit, '--format', 'json'));
  const { HTTP_PROXY, http_proxy, NO_PROXY, no_proxy } = seen;
  expect([HTTP_PROXY, http_proxy]).toEqual(['http://proxy:3128', 'http://proxy:3128']);
  expect([NO_PROXY, no_proxy]).toEqual(['mine', 'mine']);
  await system.do('model-config', '--reset', 'juju-http-proxy,juju-no-proxy');
});

test('a blocked unit says why, shows what is wanted, and that the worker still has what it had', async () => {
  await system.do('revoke-secret', 'mine', worker);
  await system.do('config', worker, 'log-level=debug');
  const found = await explained();
  expect(found.state).toBe('blocked');
  expect(found.problems.join()).toContain('grant-secret');
  const of = (name: string) => found.variables.find((each) => each.name === name);
  expect(of('TWC_LOG_LEVEL')).toMatchObject({ value: 'debug', worker: 'other' });
  expect(of('TOKEN')).toMatchObject({ value: 'below', worker: 'other' });
  const { stderr } = await system.run('env', unit);
  expect(stderr).toContain('the worker keeps its last good environment');
});

test('a unit that there is not, and one whose charm explains nothing, are named', async () => {
  expect(await system.run('env', 'nothing/0')).toMatchObject({ code: 1 });
  const twice = await system.run('env', unit, 'x/1');
  expect(twice.code).toBe(2);
});
