import { expect, test } from 'vitest';
import type { Bundle } from '../../../src/controller/bundle.ts';
import { Refusal, withController } from './fake-controller.ts';
import { sampleStatus } from './sample-status.ts';

const bundle: Bundle = {
  applications: { web: { charm: 'web-k8s' }, db: { charm: 'db-k8s' } },
  relations: [['web:database', 'db:database']],
  leftOut: ['proxy: there is none here'],
};

type Deploy = (params: { application?: string }) => object;

/** A controller that knows the bundle; it remembers what it deploys and relates. */
function world(deploy: Deploy = () => ({ messages: [] })) {
  const applications: Record<string, object> = {};
  const integrations: object[] = [];
  return {
    answers: {
      bundle: () => ({ bundle }),
      status: () => ({ ...sampleStatus(), applications, integrations }) as never,
      deploy: (params: { application?: string; charm: string }) => {
        applications[params.application!] = { 'charm-name': params.charm };
        return { application: '', charm: '', revision: 0, ...deploy(params) } as never;
      },
      integrate: ({ endpoints: [requirer, provider] }: { endpoints: readonly [string, string] }) => {
        integrations.push({ provider, requirer });
        return { messages: [] };
      },
    },
    applications,
  };
}

const done = `Executing changes:
- deploy application db with 1 unit using db-k8s
- deploy application web with 1 unit using web-k8s
- add relation web:database - db:database
`;

test('deploys and relates what a bundle names, as Juju prints it, and says what is left out', async () => {
  const { answers } = world(({ application }) => ({ messages: [`${application} is at 127.0.0.1`] }));
  await withController(answers, async (fake) => {
    expect(await fake.run(['deploy', 'shop', '--trust'])).toEqual({
      code: 0,
      out: done,
      err: 'Located bundle "shop"\nLeft out: proxy: there is none here\n  db is at 127.0.0.1\n  web is at 127.0.0.1\nDeploy of bundle completed.\n',
    });
    expect(fake.calls.filter(({ method }) => method === 'deploy').map(({ params }) => params)).toMatchObject([
      { application: 'db', charm: 'db-k8s', trust: true, units: 1 },
      { application: 'web', charm: 'web-k8s', trust: true, units: 1 },
    ]);
    const again = await fake.run(['deploy', 'shop', '--trust']);
    expect(again).toMatchObject({ code: 0, out: '', err: expect.stringMatching(/\nNo changes to apply\.\n$/) });
  });
});

test('tells what it would do, and does nothing, with --dry-run', async () => {
  await withController(world().answers, async (fake) => {
    const { out } = await fake.run(['deploy', 'shop', '--trust', '--dry-run']);
    expect(out).toBe(done.replace('Executing changes', 'Changes to deploy bundle'));
    expect(fake.calls.map(({ method }) => method)).toEqual(['bundle', 'status']);
  });
});

test('asks for trust, and refuses the options of a single charm, in the words of Juju', async () => {
  await withController(world().answers, async (fake) => {
    expect(await fake.run(['deploy', 'shop'])).toMatchObject({
      code: 1,
      err: `ERROR Bundle cannot be deployed without trusting applications with your cloud credentials.
Please repeat the deploy command with the --trust argument if you consent to trust the following application(s):
  - db
  - web
`,
    });
    const refused = 'ERROR options provided but not supported when deploying a bundle: --config, -n\n';
    expect((await fake.run(['deploy', 'shop', '--trust', '-n', '2', '--config', 'a=b'])).err).toBe(refused);
    expect((await fake.run(['deploy', 'shop', 'mine', '--trust'])).err).toMatch(/^ERROR application name /);
  });
});

test('goes on with the others when one lacks its server for now, and ends with its reason', async () => {
  const { answers } = world(({ application }) => {
    if (application === 'db') throw new Refusal('cannot get db 1.0: no network');
    return { messages: [] };
  });
  await withController(answers, async (fake) => {
    const { code, out, err } = await fake.run(['deploy', 'shop', '--trust']);
    expect({ code, out }).toEqual({ code: 1, out: done });
    expect(err).toMatch(/\nERROR cannot deploy bundle: cannot get db 1\.0: no network\n$/);
  });
});

test('stops where an application cannot be deployed at all, and goes on from there the next time', async () => {
  const { answers, applications } = world();
  let broken = true;
  const deploy: typeof answers.deploy = (params) => {
    if (broken && params.application === 'web') throw new Refusal('disk full');
    return answers.deploy(params);
  };
  await withController({ ...answers, deploy }, async (fake) => {
    const first = await fake.run(['deploy', 'shop', '--trust']);
    expect(first).toMatchObject({ code: 1, err: expect.stringMatching(/ERROR cannot deploy bundle: disk full\n$/) });
    expect(Object.keys(applications)).toEqual(['db']);
    broken = false;
    const { code, out } = await fake.run(['deploy', 'shop', '--trust']);
    expect({ code, out }).toEqual({
      code: 0,
      out: done.replace('- deploy application db with 1 unit using db-k8s\n', ''),
    });
  });
});

test('touches nothing where an application of that name comes from another charm', async () => {
  const { answers, applications } = world();
  applications.web = { 'charm-name': 'blog' };
  await withController(answers, async (fake) => {
    expect((await fake.run(['deploy', 'shop', '--trust'])).err).toMatch(
      /ERROR cannot deploy bundle: application "web" is there already, from charm "blog" \(remove it, or use another model\)\n$/,
    );
    expect(fake.calls.map(({ method }) => method)).toEqual(['bundle', 'status']);
  });
});
