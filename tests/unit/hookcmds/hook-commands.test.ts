import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as hookcmds from '../../../src/hookcmds/index.ts';

interface Call {
  readonly command: string;
  readonly args: readonly string[];
  readonly stdin?: string;
}

/** A runner that answers every command with one text and keeps what it was asked. */
function answering(stdout: string, exitCode = 0, stderr = ''): { runner: hookcmds.HookCommandRunner; calls: Call[] } {
  const calls: Call[] = [];
  const run: hookcmds.HookCommandRunner['run'] = async (command, args, stdin) => {
    calls.push({ command, args, ...(stdin === undefined ? {} : { stdin }) });
    return { exitCode, stdout, stderr };
  };
  return { runner: { run }, calls };
}

test('status-set keeps a message that looks like an option apart from the options', async () => {
  const { runner, calls } = answering('');
  await hookcmds.statusSet(runner, { name: 'blocked', message: '--message' });
  expect(calls).toEqual([{ command: 'status-set', args: ['blocked', '--', '--message'] }]);
});

test('relation-set sends its values by standard input', async () => {
  const { runner, calls } = answering('');
  await hookcmds.relationSet(runner, { relationId: 'database:7', application: true, data: { password: 'x' } });
  expect(calls).toEqual([
    { command: 'relation-set', args: ['-r', 'database:7', '--app', '--file', '-'], stdin: '{"password":"x"}' },
  ]);
});

test('state-get, which prints null on some controllers, is empty then', async () => {
  expect(await hookcmds.stateGet(answering('null\n').runner)).toEqual({});
  expect(await hookcmds.stateGet(answering('""\n').runner)).toEqual({});
});

test('secret-add hands the content over in files that only the owner may read, and removes them', async () => {
  const scratchDir = await mkdtemp(join(tmpdir(), 'hookcmds-'));
  const seen: { path: string; mode: number; text: string }[] = [];
  const runner: hookcmds.HookCommandRunner = {
    run: async (_command, args) => {
      for (const arg of args.filter((one) => one.includes('#file='))) {
        const path = arg.split('#file=')[1] ?? '';
        seen.push({ path, mode: (await stat(path)).mode & 0o777, text: await readFile(path, 'utf8') });
      }
      expect(args.join(' ')).not.toContain('hunter2');
      return { exitCode: 0, stdout: 'secret:9m4e2mr0ui3e8a215n4g\n', stderr: '' };
    },
  };
  const id = await hookcmds.secretAdd(runner, {
    owner: 'unit',
    label: 'nonce',
    content: { password: 'hunter2' },
    scratchDir,
  });
  expect(id).toBe('secret:9m4e2mr0ui3e8a215n4g');
  expect(seen).toMatchObject([{ mode: 0o600, text: 'hunter2' }]);
  expect(await readdir(scratchDir)).toEqual([]);
  await rm(scratchDir, { recursive: true });
});

test('a failing command is an error that names it, without its arguments', async () => {
  const { runner } = answering('', 1, 'ERROR permission denied\n');
  const reading = hookcmds.relationGet(runner, { relationId: 'database:7', entity: 'pg/0' });
  await expect(reading).rejects.toMatchObject({
    name: 'HookCommandError',
    message: 'cannot run hook command "relation-get": permission denied',
    command: 'relation-get',
    exitCode: 1,
    stderr: 'ERROR permission denied\n',
  });
});

test('a hook command that is not there reads as exit code 127', async () => {
  const runner = hookcmds.processRunner({ PATH: '/nowhere' });
  expect(await runner.run('config-get', [])).toMatchObject({ exitCode: 127, stdout: '' });
});

test('a process gets its standard input and only then', async () => {
  const runner = hookcmds.processRunner({ PATH: '/usr/bin:/bin' });
  expect(await runner.run('cat', [], 'é\n')).toEqual({ exitCode: 0, stdout: 'é\n', stderr: '' });
  expect(await runner.run('cat', [])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

test('network-get stands missing parts', async () => {
  expect(await hookcmds.networkGet(answering('{}').runner, { endpoint: 'vault' })).toEqual({
    bindAddresses: [],
    egressSubnets: [],
    ingressAddresses: [],
  });
});
