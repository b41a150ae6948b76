import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkout, command, until } from '../system/system.ts';
import { type SentrySink, startSentrySink } from '../worker-kit/sentry-sink.ts';

let sink: SentrySink;
let home: string;
beforeAll(() => {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { cwd: checkout, stdio: 'inherit' });
  home = mkdtempSync(join(tmpdir(), 'charmlet-crash-'));
});
beforeEach(async () => {
  sink = await startSentrySink();
});
afterEach(() => sink.close());
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A dispatch that nobody told its unit. */
function crashingDispatch(env: NodeJS.ProcessEnv) {
  const charm = join(checkout, 'dist/charm');
  return command(join(charm, 'bin/node'), ['lib/dispatch.cjs', 'canary-argument'], {
    cwd: charm,
    env: { PATH: process.env.PATH, CANARY: 'canary-variable', ...env },
  });
}

test('a crash of a dispatch is one envelope, without argument, environment, host or found values', async () => {
  const ran = await crashingDispatch({ CHARMLET_SENTRY_DSN: sink.dsn });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('JUJU_UNIT_NAME is not set');
  const event = await sink.event(() => true);
  expect(sink.envelopes).toHaveLength(1);
  expect(event.tags).toEqual({ part: 'agent' });
  expect(event.exception?.values[0]).toMatchObject({ type: 'Error', value: 'cannot dispatch: <left out>' });
  expect(sink.envelopes.join()).not.toMatch(/canary|JUJU_UNIT_NAME|server_name|\/lib\/dispatch/);
});

test('with no address nothing is sent and what every event loads has nothing of Sentry in it', async () => {
  const ran = await crashingDispatch({});
  expect(ran.code).toBe(1);
  expect(sink.envelopes).toEqual([]);
  expect(readFileSync(join(checkout, 'dist/charm/lib/dispatch.cjs'), 'utf8')).not.toContain('captureException');
});

test('a crash of the controller is one envelope, and ends it as before', async () => {
  const data = join(home, 'data');
  const child = spawn(
    process.execPath,
    ['--import', join(checkout, 'tests/fixtures/throws-at-sigusr2.mjs'), join(checkout, 'src/bin/controller.ts')],
    {
      env: {
        ...process.env,
        CHARMLET_DATA: data,
        CHARMLET_SENTRY_DSN: sink.dsn,
        CANARY: 'canary-variable',
      },
      stdio: 'ignore',
    },
  );
  const ended = once(child, 'exit');
  await until('the controller has its lock', 60_000, () => existsSync(join(data, 'model.db')) || undefined);
  child.kill('SIGUSR2');
  expect(await ended).toEqual([1, null]);
  expect(sink.envelopes).toHaveLength(1);
  const event = await sink.event(() => true);
  expect(event.tags).toEqual({ part: 'controller' });
  expect(event.exception?.values[0]?.value).toBe('cannot go on: <left out>');
  expect(sink.envelopes.join()).not.toContain('canary');
});
