import { expect, test } from 'vitest';
import { describe } from '../../../src/cli/demo/needs.ts';
import { addressOf, sameServer } from '../../../src/cli/demo/server.ts';
import { withController } from './fake-controller.ts';
import { application, model, sampleStatus, unit } from './sample-status.ts';

const server = (workload: { current: string; message?: string }, ports: string[]) =>
  model({
    s: application('temporal-k8s', {}, { 's/0': unit(workload, {}, { address: '127.0.0.1', 'open-ports': ports }) }),
  });

test("reads the server's address from the model", () => {
  expect(addressOf(server({ current: 'active' }, ['17233/tcp']), 's')).toBe('localhost:17233');
  expect(addressOf(server({ current: 'active' }, ['53/udp', '8233/tcp', '7233/tcp']), 's')).toBe('localhost:7233');
});

test.each([
  {
    name: 'is blocked',
    status: server({ current: 'blocked', message: 'port taken' }, ['7233/tcp']),
    now: 'blocked: port taken',
  },
  { name: 'has opened no port', status: server({ current: 'active' }, []), now: 'active' },
  { name: 'is not there', status: model({}), now: 'not there' },
])('uses no server but its own: refuses when it $name', ({ status, now }) => {
  expect(() => addressOf(status, 's')).toThrow(
    `cannot go on with the demo: s has no server that listens (it is ${now}; the demo uses no server but its own)`,
  );
});

test.each([
  ['localhost:7233', '127.0.0.1:7233', true],
  ['localhost', 'localhost:7233', true],
  ['localhost:7233', 'localhost:17233', false],
  ['temporal.example.org:7233', 'localhost:7233', false],
])('%s and %s mean the same server: %s', (a, b, same) => {
  expect(sameServer(a, b)).toBe(same);
});

test('tells what will be fetched or built, how large, and how long', () => {
  expect(describe({ what: 'Temporal CLI 1.5.1', how: 'build', megabytes: 130, seconds: 210 })).toBe(
    'Will be built with Go: Temporal CLI 1.5.1, about 130 MB, about 3.5 minutes',
  );
  expect(describe({ what: 'Temporal CLI 1.5.1', how: 'download', megabytes: 45, seconds: 20 })).toBe(
    'Will be downloaded: Temporal CLI 1.5.1, about 45 MB, about 20 s',
  );
});

test('refuses to begin when an application of its name is of another charm', async () => {
  const status = () => model({ ...sampleStatus().applications, 'temporal-k8s': application('other', {}, {}) });
  await withController({ status }, async (fake) => {
    expect((await fake.run(['demo'])).err).toBe(
      'ERROR cannot begin the demo: the application "temporal-k8s" is of the charm "other" (remove it, or set CHARMLET_DATA to another directory)\n',
    );
  });
});
