import { expect, test } from 'vitest';
import { type Cli, createNamespace } from '../../../../src/companions/temporal-k8s/create-namespace.ts';

/** A command line whose `create` gives these problems in turn, then succeeds; no namespace is there before. */
function cliWith(problems: string[]): { readonly cli: Cli; readonly creations: () => number } {
  let creations = 0;
  const cli: Cli = async (args) => {
    if (args.includes('describe')) return { ok: false, stdout: '', problem: 'Namespace orders is not found.' };
    creations++;
    const problem = problems.shift();
    return { ok: problem === undefined, stdout: '', problem: problem ?? '' };
  };
  return { cli, creations: () => creations };
}

test('asks again while the server is not ready', async () => {
  const { cli, creations } = cliWith(['context deadline exceeded', 'Not enough hosts to serve the request']);
  expect(await createNamespace(cli, { name: 'orders' })).toBe('created');
  expect(creations()).toBe(3);
});

test('takes an attempt that came to nobody’s ears for done', async () => {
  const { cli } = cliWith(['no end within 15 s', 'Namespace already exists.']);
  expect(await createNamespace(cli, { name: 'orders' })).toBe('there');
});

test('asks once where the answer is final', async () => {
  const { cli, creations } = cliWith(['invalid argument "never" for "--retention"']);
  await expect(createNamespace(cli, { name: 'orders', retention: 'never' })).rejects.toThrow(
    'cannot create namespace "orders": invalid argument "never" for "--retention"',
  );
  expect(creations()).toBe(1);
});
