import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployWorker, type Spine, unit, withTemporal, worker } from './spine.ts';
import { checkout, command, until } from './system.ts';

let spine: Spine;
let single: string;
let whole: string;

beforeAll(async () => {
  spine = await withTemporal();
  await deployWorker(spine);
  single = await secret('single', { key1: 'juju-1' });
  whole = await secret('whole', { 'access-token': 'whole-1' });
  await spine.system.do('grant-secret', 'single', worker);
  await spine.system.do('grant-secret', 'whole', worker);
});
afterAll(() => spine?.system.close());

/** Adds a secret, or gives it a new revision; its content goes by a file. Answers what was printed. */
async function secret(name: string, content: Readonly<Record<string, string>>, verb = 'add-secret'): Promise<string> {
  const path = join(spine.system.root, `${name}.yaml`);
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
  return (await spine.system.do(verb, name, `--file=${path}`)).trim();
}

/** Sets the option `environment` in the shape of the seed's README, by a file. */
async function setEnvironment(key1: string): Promise<void> {
  const path = join(spine.system.root, 'environment.yaml');
  writeFileSync(
    path,
    `env:
  - name: key1
    value: ${key1}
  - name: key3-example
    value: value3
  - name: env_var1
    value: shadowed
juju:
  - secret-id: ${single}
    name: env_var1
    key: key1
  - secret-id: ${whole}
`,
  );
  await spine.system.do('config', worker, `environment=@${path}`);
}

/** What a workflow of the worker finds in its environment. */
async function seenByWorkflow(): Promise<unknown> {
  const names = ['key1', 'key3-example', 'env_var1', 'ACCESS_TOKEN'].flatMap((name) => ['--name', name]);
  const client = ['sample/dist/client.mjs', '--workflow', 'environment', '--timeout', '120', ...names];
  const where = ['--address', spine.address, '--namespace', 'test', '--queue', 'test-queue'];
  const ran = await command(process.execPath, [...client, ...where], { cwd: checkout });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout);
}

/** A worker that drains may answer once more, so that the first answer need not be the new one. */
async function workflowSees(wanted: Readonly<Record<string, string>>): Promise<void> {
  let last: unknown;
  await until('a workflow sees what was set', 120_000, async () => {
    last = await seenByWorkflow();
    return JSON.stringify(last) === JSON.stringify(wanted) || undefined;
  }).catch((error: Error) => {
    expect(last).toEqual(wanted);
    throw error;
  });
}

const first = { key1: 'env-1', 'key3-example': 'value3', env_var1: 'juju-1', ACCESS_TOKEN: 'whole-1' };

test('a workflow sees the values of the option and of user secrets, in their order of precedence', async () => {
  await setEnvironment('env-1');
  await workflowSees(first);
  // The worker runs before the hook that started it has said all.
  const warning = /WARNING .*environment\.env\[1\]\.name is "key3-example"/;
  await until('the warning in the log', 120_000, async () => warning.test(await spine.system.debugLog()) || undefined);
});

test('each source that changes reaches the workflow', async () => {
  await setEnvironment('env-2');
  await workflowSees({ ...first, key1: 'env-2' });
  await secret('single', { key1: 'juju-2' }, 'update-secret');
  await workflowSees({ ...first, key1: 'env-2', env_var1: 'juju-2' });
  await secret('whole', { 'access-token': 'whole-2' }, 'update-secret');
  await workflowSees({ ...first, key1: 'env-2', env_var1: 'juju-2', ACCESS_TOKEN: 'whole-2' });
});

test('a secret that is taken away blocks with the command to type, workflows run on, and that command heals', async () => {
  const { system } = spine;
  await system.do('revoke-secret', 'single', worker);
  await secret('single', { key1: 'juju-3' }, 'update-secret');
  await system.do('fire', 'update-status', unit);
  const { message } = (await system.unit(unit))['workload-status'];
  const { remedy = '' } = /— run: (?<remedy>.*)$/.exec(message ?? '')?.groups ?? {};
  expect(message).toBe(
    `Access permission not granted to charm for secret \`${single}\` — run: grant-secret ${single.slice('secret:'.length)} ${worker}`,
  );
  expect(await seenByWorkflow()).toMatchObject({ env_var1: 'juju-2' });
  await system.do(...remedy.split(' '));
  await workflowSees({ ...first, key1: 'env-2', env_var1: 'juju-3', ACCESS_TOKEN: 'whole-2' });
  await system.waitForUnit(unit, 'workload-status=="active"');
});
