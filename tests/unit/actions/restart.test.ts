import { expect, test } from 'vitest';
import { restart } from '../../../actions/restart.ts';
import { config, facts, running } from '../charm/facts.ts';

test('restarts a worker that there is', () => {
  expect(restart(running({ since: '2026-11-21T09:00:00Z' }))).toEqual({
    steps: [{ do: 'restart' }],
    results: { result: 'worker successfully restarted' },
  });
});

test('refuses while the container does not answer', () => {
  expect(restart(facts({ workload: { known: false, why: 'x' } }))).toEqual({
    refused: 'Failed to connect to the container',
  });
});

test('refuses while there is no service yet, and says what keeps it', () => {
  expect(restart(facts())).toEqual({
    refused: 'cannot restart the worker: it has not been started yet (status tells when it runs)',
  });
  const refused = 'cannot restart the worker: Invalid config: host value missing (status tells when it runs)';
  expect(restart(facts({ config: config({ host: '' }) }))).toEqual({ refused });
});
