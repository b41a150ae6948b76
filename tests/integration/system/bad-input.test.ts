import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { worker } from './spine.ts';
import { checkout, System } from './system.ts';

let system: System;
const scratch = mkdtempSync(join(tmpdir(), 'charmlet-input-'));
const image = `temporal-worker-image=${join(checkout, 'tests/fixtures/python-worker')}`;

beforeAll(async () => {
  system = new System();
  await system.do('deploy', worker, 'w', '--resource', image);
});
afterAll(async () => {
  await system?.close();
  rmSync(scratch, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  writeFileSync(join(scratch, name), text);
  return join(scratch, name);
}

describe('refused in one clear line, exit code not 0, nothing changed', () => {
  const rows: { name: string; args: () => string[]; says: RegExp }[] = [
    {
      name: 'a directory that is a resource, not a charm',
      args: () => ['deploy', './sample'],
      says: /cannot deploy .*metadata\.yaml.*--resource/,
    },
    { name: 'the charm without its resource', args: () => ['deploy', worker, 'other'], says: /temporal-worker-image/ },
    {
      name: 'a resource path that is missing',
      args: () => ['deploy', worker, 'other', '--resource', 'temporal-worker-image=./nowhere'],
      says: /nowhere/,
    },
    {
      name: 'a resource of another name',
      args: () => ['deploy', worker, 'other', '--resource', 'image=./sample'],
      says: /image/,
    },
    { name: 'a charm that is not known', args: () => ['deploy', 'no-such-charm'], says: /no-such-charm/ },
    { name: 'an unknown option', args: () => ['config', 'w', 'hosst=x'], says: /unknown option "hosst"/ },
    {
      name: 'a value of the wrong type',
      args: () => ['config', 'w', 'sentry-sample-rate=high'],
      says: /option "sentry-sample-rate" expected float, got "high"/,
    },
    {
      name: 'malformed YAML',
      args: () => ['config', 'w', '--file', file('broken.yaml', 'w:\n  host: "a\n  queue: b\n')],
      says: /broken\.yaml.*line \d+.*column \d+/,
    },
    {
      name: 'a file for another application',
      args: () => ['config', 'w', '--file', file('other.yaml', 'another:\n  host: a\n')],
      says: /another/,
    },
    {
      name: 'a file that is missing',
      args: () => ['config', 'w', '--file', join(scratch, 'missing.yaml')],
      says: /missing\.yaml/,
    },
    { name: 'an unknown application', args: () => ['config', 'nobody'], says: /application "nobody" not found/ },
    { name: 'an unknown verb', args: () => ['statsu'], says: /status/ },
    { name: 'an unknown flag', args: () => ['status', '--fromat', 'json'], says: /--fromat/ },
    { name: 'an unknown action', args: () => ['run', 'w/0', 'explode'], says: /explode/ },
    {
      name: 'a unit that is not in error',
      args: () => ['resolved', 'w/0'],
      says: /unit "w\/0" is not in an error state/,
    },
  ];
  for (const row of rows) {
    test(row.name, async () => {
      const ran = await system.run(...row.args());
      expect(ran.stderr).toMatch(row.says);
      expect(ran.stderr).not.toMatch(/\n\s+at /);
      expect(ran.stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
      if (row.name !== 'an unknown action') expect(ran.code).not.toBe(0);
      expect(Object.keys((await system.status()).applications)).toEqual(['w']);
    });
  }
});

describe('blocked, with what is wrong and what to do', () => {
  test('options that are missing are all named', async () => {
    await system.waitForUnit('w/0', 'workload-status=="blocked"');
    const message = (await system.unit('w/0'))['workload-status'].message ?? '';
    for (const option of ['host', 'namespace', 'queue']) expect(message).toContain(option);
  });

  test('an invalid log level keeps the text of the Python charm', async () => {
    await system.do('config', 'w', 'host=127.0.0.1:1', 'namespace=test', 'queue=q', 'log-level=chatty');
    const status = await system.waitForWords('w/0', "config: invalid log level 'chatty'");
    expect(status.current).toBe('blocked');
  });

  for (const { name, prepare, says } of [
    {
      name: 'a directory without a start script',
      prepare: (dir: string) => rmSync(join(dir, 'scripts'), { recursive: true }),
      says: /scripts\/start-worker\.sh/,
    },
    {
      name: 'a start script that is not executable',
      prepare: (dir: string) => chmodSync(join(dir, 'scripts/start-worker.sh'), 0o644),
      says: /start-worker\.sh.*(chmod|executable)/,
    },
  ]) {
    test(name, async () => {
      const dir = join(scratch, name.replaceAll(' ', '-'));
      mkdirSync(join(dir, 'scripts'), { recursive: true });
      cpSync(
        join(checkout, 'tests/fixtures/sleeping-worker/scripts/start-worker.sh'),
        join(dir, 'scripts/start-worker.sh'),
      );
      prepare(dir);
      const application = `b${name.length}`;
      await system.do(
        'deploy',
        worker,
        application,
        '--resource',
        `temporal-worker-image=${dir}`,
        '--config',
        'host=127.0.0.1:1',
        '--config',
        'namespace=test',
        '--config',
        'queue=q',
      );
      await system.waitForUnit(`${application}/0`, 'workload-status=="blocked"');
      expect((await system.unit(`${application}/0`))['workload-status'].message).toMatch(says);
      await system.do('remove-application', application, '--no-prompt');
    });
  }
});
