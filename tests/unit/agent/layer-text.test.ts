import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { outlook } from '../../../charm/outlook.ts';
import { reveal } from '../../../charm/secret.ts';
import type { Layer } from '../../../charm/types.ts';
import { renderLayer } from '../../../src/agent/pebble-writes.ts';
import { parsePlan } from '../../../src/agent/plan-text.ts';
import { config, facts } from '../charm/facts.ts';

function layerFor(text: string): Layer {
  const seen = outlook(facts({ config: config({ 'tls-root-cas': text }) }));
  if (seen === null) throw new Error(`no layer for ${JSON.stringify(text)}`);
  return seen.layer;
}

test('every text comes back from the YAML as it went in, but for halves of characters', () => {
  const withoutNul = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
  fc.assert(
    fc.property(withoutNul, (text) => {
      const rendered = renderLayer(layerFor(text));
      expect(rendered).not.toMatch(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/);
      const plan = parsePlan(rendered);
      expect(reveal(plan.services['temporal-worker']?.environment.TWC_TLS_ROOT_CAS ?? '-')).toBe(text.toWellFormed());
      expect(parse(rendered)).toEqual(JSON.parse(rendered));
    }),
  );
});

test("reads a plan as Pebble's daemon prints it", () => {
  const plan = parsePlan(`services:
    temporal-worker:
        summary: temporal worker
        startup: enabled
        override: replace
        command: ./app/scripts/start-worker.sh
        environment:
            EMPTY: ""
            PORT: "9000"
        kill-delay: 1m30s
checks:
    other:
        override: replace
        http:
            url: http://localhost
`);
  const { environment = {}, ...service } = plan.services['temporal-worker'] ?? {};
  expect(service).toMatchObject({ 'kill-delay': '1m30s' });
  expect(Object.entries(environment).map(([name, text]) => [name, reveal(text)])).toEqual([
    ['EMPTY', ''],
    ['PORT', '9000'],
  ]);
  expect(plan.checks.other).toEqual({
    override: 'replace',
    startup: 'enabled',
    period: '',
    threshold: 3,
    exec: { command: '' },
  });
});

test('reads an empty plan', () => {
  expect(parsePlan('{}\n')).toEqual({ services: {}, checks: {}, logTargets: {} });
  expect(parsePlan('')).toEqual({ services: {}, checks: {}, logTargets: {} });
});
