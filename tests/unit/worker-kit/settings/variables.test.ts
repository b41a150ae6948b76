import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { variables } from '../../../../worker-kit/src/settings/variables.ts';
import { renderVariables } from '../../../../worker-kit/src/settings/variables-table.ts';

test('the table in README.md has every variable that the kit reads', () => {
  const readme = readFileSync(new URL('../../../../worker-kit/README.md', import.meta.url), 'utf8');
  const [, table] = /<!-- variables -->\n([\s\S]*?)\n<!-- end -->/.exec(readme) ?? [];
  expect(table).toBe(renderVariables());
});

test('no name is read for two settings', () => {
  const names = Object.values(variables).flatMap((variable) => variable.names);
  expect(names).toEqual([...new Set(names)]);
});
