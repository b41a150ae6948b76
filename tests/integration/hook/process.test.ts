import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { MemoryModel } from '../../unit/controller/hook/memory-model.ts';
import { charmHost, configChanged } from './charm-host.ts';

const host = charmHost();

for (const { name, text, mode, detail } of [
  { name: 'is not executable', text: 'true', mode: 0o644, detail: /^exec: ".*\/dispatch": permission denied$/ },
  {
    name: 'names an interpreter that is missing',
    text: '#!/no/such/python\n',
    mode: 0o755,
    detail: /^fork\/exec .*\/dispatch: no such file or directory$/,
  },
  { name: 'dies of a signal', text: 'kill -SEGV $$', mode: 0o755, detail: /^signal: segmentation fault$/ },
]) {
  test(`a dispatch that ${name} fails the hook`, async () => {
    host.program('dispatch', text, mode);
    const outcome = await host.run(configChanged).outcome;
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'hook failed: "config-changed"', returnCode: null });
    expect(outcome.kind === 'failed' && outcome.detail).toMatch(detail);
  });
}

for (const signal of ['TERM', 'KILL']) {
  test(`a dispatch killed by SIG${signal} was interrupted, and wrote nothing`, async () => {
    host.program('dispatch', `state-set k=v; kill -${signal} $$`);
    const { model, outcome } = host.run(configChanged);
    expect(await outcome).toEqual({ kind: 'interrupted', detail: 'terminated' });
    expect(model.commits).toEqual([]);
  });
}

test('an abort ends the process and its children', async () => {
  host.program('dispatch', 'sleep 1000 & echo $!; wait');
  const abort = new AbortController();
  const model = new MemoryModel();
  const pid = new Promise<number>((resolve) => {
    model.log = (_unit, _level, _module, message) => void resolve(Number(message));
  });
  const { outcome } = host.run(configChanged, { model, signal: abort.signal });
  const child = await pid;
  abort.abort();
  expect(await outcome).toEqual({ kind: 'interrupted', detail: 'terminated' });
  await expect
    .poll(
      () =>
        spawnSync('ps', ['-o', 'stat=', '-p', String(child)])
          .stdout.toString()
          .replace(/^Z.*/s, ''),
      { timeout: 60_000 },
    )
    .toBe('');
});

test('an action that has been aborted already is never begun for long', async () => {
  host.program('dispatch', 'sleep 1000');
  const action = { name: 'slow', task: '4', params: {} };
  const { outcome } = host.run({ hook: '', action }, { signal: AbortSignal.abort() });
  expect(await outcome).toMatchObject({ kind: 'action', status: 'failed', message: 'terminated' });
});

test('a daemon that keeps the output open does not hold the hook', async () => {
  host.program('dispatch', 'sleep 1000 & echo $!');
  const { model, outcome } = host.run(configChanged);
  expect(await outcome).toMatchObject({ kind: 'ok' });
  process.kill(Number(model.logged[0]?.message), 'SIGKILL');
});

test('100 MB of output are read, but neither kept nor logged', async () => {
  host.program('dispatch', 'head -c 50000000 /dev/zero; yes 0123456789 | head -c 50000000; echo end >&2');
  const { model, outcome } = host.run(configChanged);
  expect(await outcome).toMatchObject({ kind: 'ok' });
  const size = model.logged.reduce((sum, line) => sum + line.message.length, 0);
  expect(size).toBeLessThan(5_000_000);
  expect(model.logged.filter((line) => line.level === 'DEBUG').at(-1)?.message).toMatch(
    /^\d+ more bytes of output are not logged$/,
  );
  expect(model.logged.filter((line) => line.level === 'WARNING').map((line) => line.message)).toEqual(['end']);
});
