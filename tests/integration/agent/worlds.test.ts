import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { ConfigValue } from '../../../src/controller/hook/model.ts';
import { badEnvironments } from '../../unit/charm/bad-environments.ts';
import type { MemorySecret } from '../../unit/controller/hook/memory-model.ts';
import { type PackedUnit, packedUnit, withoutServer } from './packed-unit.ts';

const id = 'd0aaaaaaaaaaaaaaaaaa';
const canary = 'hunter2canary';
let unit: PackedUnit | undefined;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
});
afterEach(async () => {
  await unit?.[Symbol.asyncDispose]();
  unit = undefined;
});

const text = fc.string({ unit: 'binary', maxLength: 10 }).map((found) => found.toWellFormed());
const environment = fc.oneof(
  text,
  fc.constantFrom(
    '',
    'env: [',
    'env:\n\t- x',
    `juju: [{secret-id: ${id}, name: A, key: key1}]`,
    `juju: [{secret-id: ${id}}]`,
    'vault: [{path: p, name: A, key: k}]',
    'a: &a [x]\nenv: [*a, *b]',
  ),
  fc.constantFrom(...badEnvironments.map(({ text: bad }) => bad)),
  fc
    .tuple(text, text)
    .map(([name, value]) => `env: [{name: ${JSON.stringify(name)}, value: ${JSON.stringify(value)}}]`),
);
const options = fc.record(
  {
    environment,
    queue: fc.oneof(text, fc.constant('q')),
    'tls-root-cas': text,
    'log-level': fc.constantFrom('info', 'INFO', 'loud'),
    'stop-timeout': fc.constantFrom('1s', '0s', 'soon'),
    'auth-provider': fc.constantFrom('', 'candid', 'okta'),
    'auth-secret-id': fc.constantFrom('', id, `secret:${id}`, 'my-secret'),
    'tls-secret-id': fc.constantFrom('', id),
    'api-key-secret-id': fc.constantFrom('', id),
    'tls-rotation': fc.constantFrom('restart', 'signal', 'never'),
    'poller-evidence': fc.constantFrom('off', 'sometimes'),
    host: fc.constantFrom('127.0.0.1:1', 'h:99999', 'a b'),
    'sentry-sample-rate': fc.double({ noNaN: true, noDefaultInfinity: true }),
  },
  { requiredKeys: [] },
);
const secret = fc.record({
  granted: fc.boolean(),
  content: fc.dictionary(
    fc.constantFrom('key1', 'api-key', 'auth-provider', 'encryption-key', 'client-cert', 'server-ca'),
    fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.constantFrom('\0', 'x'.repeat(2 ** 20)) }),
  ),
});

test('300 random worlds, one process each: every hook succeeds, with a reason, and tells no secret', {
  timeout: 900_000,
}, async () => {
  const granted: MemorySecret = { owner: 'model-m', grants: [], revisions: [{}] };
  const secrets: Record<string, MemorySecret> = { [id]: granted };
  unit = await packedUnit({ facts: { secrets } });
  const it = unit;
  for (const [over, { granted: may, content }] of fc.sample(fc.tuple(options, secret), { numRuns: 300, seed: 5 })) {
    const reset = Object.fromEntries(
      ['environment', 'auth-secret-id', 'tls-secret-id', 'api-key-secret-id'].map((name) => [name, '']),
    );
    const clean = {
      ...{ 'tls-root-cas': '', 'log-level': 'info', 'auth-provider': '', 'sentry-sample-rate': 1 },
      'tls-rotation': 'restart',
    };
    it.setConfig({ ...clean, ...reset, ...withoutServer, ...(over as Record<string, ConfigValue>) });
    granted.grants = may ? [{ target: 'application-w', relation: null }] : [];
    granted.revisions.push(
      Object.fromEntries(Object.entries(content).map(([key, value]) => [key, `${canary}${value}`])),
    );
    const outcome = await it.run();
    const world = JSON.stringify({ over, may, content, outcome, status: it.status() }).slice(0, 5000);
    expect(outcome.kind, world).toBe('ok');
    expect(it.status(), world).toMatch(/^(active|blocked|waiting|maintenance): \S/);
    expect(it.status(), world).not.toContain(canary);
  }
  expect(JSON.stringify([it.model.logged, it.model.charmState()])).not.toContain(canary);
});
