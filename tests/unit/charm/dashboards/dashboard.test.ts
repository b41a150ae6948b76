import { expect, test } from 'vitest';
import { dashboard, dashboardTag } from '../../../../charm/dashboards/dashboard.ts';
import { metrics } from '../../../../charm/metrics/metrics-table.ts';
import { tag } from '../../../../charm/tag.ts';

const panels = dashboard().panels ?? [];
const targets = panels.flatMap((panel) => ('targets' in panel ? (panel.targets ?? []) : [])) as unknown as {
  readonly expr: string;
}[];

test('every panel has an id of its own and a place that no other takes', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos }) => {
    const { x, y, w, h } = gridPos as { x: number; y: number; w: number; h: number };
    expect(x + w).toBeLessThanOrEqual(24);
    return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`);
  });
  expect(new Set(cells).size).toBe(cells.length);
});

test('every query asks for metrics of the table and speaks of the chosen units alone', () => {
  const known = Object.values(metrics).flatMap(({ name }) =>
    ['', '_total', '_bucket', '_seconds_bucket', '_milliseconds_bucket'].map((suffix) => `${name}${suffix}`),
  );
  for (const { expr } of targets) {
    const selectors = [...expr.matchAll(/\b([a-z_]+)\{([^}]*)\}/g)];
    expect(selectors.length).toBeGreaterThan(0);
    for (const [, name, matchers] of selectors) {
      expect(known).toContain(name);
      for (const label of ['juju_model', 'juju_model_uuid', 'juju_application', 'juju_unit'])
        expect(matchers).toContain(`${label}=~"$${label}"`);
    }
  }
});

test('the tag that tells one dashboard from another is that of its text', () => {
  expect(dashboardTag, 'put the new one into charm/dashboards/dashboard.ts, and raise its version').toBe(
    tag(JSON.stringify(dashboard())),
  );
});

test('every metric of the table is shown', () => {
  const text = JSON.stringify(dashboard());
  expect(Object.values(metrics).filter(({ name }) => !text.includes(name))).toEqual([]);
});

test('data source and topology are variables under the names that COS has for them', () => {
  expect(dashboard().templating.list?.map(({ name }) => name)).toEqual([
    'prometheusds',
    'juju_model',
    'juju_model_uuid',
    'juju_application',
    'juju_unit',
  ]);
});
