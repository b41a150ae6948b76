import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
/** The model that offers. */
let cos: TestController;
let charms: string;

beforeAll(async () => {
  controller = new TestController();
  cos = controller.inModel('cos');
  charms = join(controller.scratch, 'charms');
  await controller.start();
  await controller.call('addModel', { name: 'cos', focus: false, settings: {} });
});
afterAll(() => controller?.destroy());

/** A charm that writes down each event with its relation variables, and tells the other side where it is. */
function related(name: string, endpoints: string): string {
  return writeCharm(join(charms, name), {
    name,
    body: [
      `echo "$JUJU_MODEL_NAME $JUJU_UNIT_NAME $event $JUJU_RELATION_ID|$JUJU_REMOTE_APP|$JUJU_REMOTE_UNIT|$JUJU_DEPARTING_UNIT|$(relation-list -r "$JUJU_RELATION_ID" 2>/dev/null | tr '\\n' ' ')" >>${log()}`,
      'case $event in',
      '  *-relation-created) relation-set "from=$JUJU_UNIT_NAME"; is-leader | grep -q True && relation-set --app "app=$JUJU_MODEL_NAME" ;;',
      '  start) status-set active "$JUJU_MODEL_NAME is well" ;;',
      'esac',
      'true',
    ].join('\n'),
    files: { 'metadata.yaml': `name: ${name}\n${endpoints}` },
  });
}
const log = () => join(controller.scratch, 'log');
/** What a unit was told of relations; who offers does not know the consumer by its name. */
const heard = (unit: string): string[] =>
  readFileSync(log(), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${unit} `) && /-relation-/.test(line))
    .map((line) =>
      line
        .slice(unit.length + 1)
        .replaceAll(/remote-[0-9a-f]{32}/g, 'remote-X')
        .trimEnd(),
    );
const integrate = (one: string, other: string) => controller.call('integrate', { endpoints: [one, other] });
const offer = (name?: string) =>
  cos.call('offer', { application: 'prom', endpoints: ['scrape'], ...(name && { name }) });
const relationId = async (at: TestController, unit: string) => (await at.exec(unit, 'relation-ids scrape')).trim();

test('what is offered is told with where it is; what cannot be offered is refused', async () => {
  await controller.deploy(related('web', 'provides: {scrape: {interface: metrics}}\n'), { units: 2 });
  await cos.deploy(
    related(
      'prom',
      'requires: {scrape: {interface: metrics}, log: {interface: logs}}\npeers: {peer: {interface: p}}\n',
    ),
  );
  await Promise.all([controller.waitForUnit('web/0', 'active'), cos.waitForUnit('prom/0', 'active')]);
  await expect(cos.call('offer', { application: 'nope', endpoints: ['scrape'] })).rejects.toThrow(
    'getting offered application nope: application "nope" not found',
  );
  await expect(cos.call('offer', { application: 'prom', endpoints: ['x'] })).rejects.toThrow(
    'cannot add application offer "prom": application "prom" has no "x" relation (it has log, peer, scrape)',
  );
  expect(await offer()).toEqual({ url: 'admin/cos.prom', application: 'prom' });
  const { offers } = await controller.call('findOffers', { interface: 'metrics' });
  expect(offers.map(({ url }) => url)).toEqual(['admin/cos.prom']);
  expect((await controller.call('findOffers', { url: 'admin/default' })).offers).toEqual([]);
  expect((await controller.call('showOffer', { url: 'cos.prom' })).endpoints).toEqual({
    scrape: { interface: 'metrics', role: 'requirer' },
  });
});

describe('a relation across models', () => {
  test('is refused in Juju’s words where it cannot be', async () => {
    await expect(integrate('web', 'admin/cos.nope')).rejects.toThrow('application offer "admin/cos.nope" not found');
    await expect(integrate('web', 'admin/nope.prom')).rejects.toThrow('model "admin/nope" not found');
    await expect(integrate('web', 'cos.prom:log')).rejects.toThrow('saas application "prom" has no "log" relation');
    await expect(integrate('nope', 'cos.prom')).rejects.toThrow('application "nope" not found');
    await expect(cos.call('consume', { url: 'cos.prom', alias: 'mine' })).rejects.toThrow(
      'could not consume admin/cos.prom: it is an offer of this model (relate its application: charmlet integrate APPLICATION prom)',
    );
    // Nothing of what was refused has stayed.
    expect((await controller.status())['application-endpoints']).toBeUndefined();
  });

  test('is seen by each side under Juju’s names, and carries databags both ways', async () => {
    await integrate('web:scrape', 'admin/cos.prom');
    await until('the units know each other', async () => heard('cos prom/0').length >= 6);
    await controller.settled();
    const [id, there] = [await relationId(controller, 'web/0'), await relationId(cos, 'prom/0')];
    expect(heard('default web/0').slice(0, 2)).toEqual([
      `scrape-relation-created ${id}|prom|||`,
      expect.stringMatching(new RegExp(`^scrape-relation-(changed|joined) ${id}\\|prom\\|`)),
    ]);
    expect(heard('default web/1')).toContain(`scrape-relation-joined ${id}|prom|prom/0||prom/0`);
    expect(heard('cos prom/0')).toContain(`scrape-relation-created ${there}|remote-X|||`);
    expect(
      heard('cos prom/0').some((line) => line.startsWith(`scrape-relation-joined ${there}|remote-X|remote-X/1|`)),
    ).toBe(true);
    expect(await controller.exec('web/0', `relation-list -r ${id}; relation-list -r ${id} --app`)).toBe(
      'prom/0\nprom\n',
    );
    const app = (await cos.exec('prom/0', `relation-list -r ${there} --app`)).trim();
    expect(app).toMatch(/^remote-[0-9a-f]{32}$/);
    expect(
      await controller.exec('web/0', `relation-get -r ${id} from prom/0; relation-get -r ${id} --app app prom`),
    ).toBe('prom/0\ncos\n');
    expect(
      await cos.exec('prom/0', `relation-get -r ${there} from ${app}/1; relation-get -r ${there} --app app ${app}`),
    ).toBe('web/1\ndefault\n');
    const uuid = (of: TestController) => of.call('showModel', {}).then((model) => model['model-uuid']);
    expect(await controller.exec('web/0', `relation-model-get -r ${id}`)).toBe(`uuid: ${await uuid(cos)}\n`);
    expect(await cos.exec('prom/0', `relation-model-get -r ${there}`)).toBe(`uuid: ${await uuid(controller)}\n`);
    await cos.exec('prom/0', `relation-set -r ${there} more=word`);
    await until(
      'web/0 hears of it',
      async () => heard('default web/0').at(-1)?.startsWith(`scrape-relation-changed ${id}|prom|prom/0|`) ?? false,
    );
    expect(await controller.exec('web/1', `relation-get -r ${id} more prom/0`)).toBe('word\n');
  });

  test('is shown in the status of both models', async () => {
    const [here, there] = [await controller.status(), await cos.status()];
    expect(here['application-endpoints']).toEqual({
      prom: {
        url: 'admin/cos.prom',
        endpoints: { scrape: { interface: 'metrics', role: 'requirer' } },
        'application-status': expect.objectContaining({ current: 'active', message: 'cos is well' }),
        relations: { scrape: ['web'] },
      },
    });
    expect(here.applications.web?.relations).toEqual({
      scrape: [{ 'related-application': 'prom', interface: 'metrics', scope: 'global' }],
    });
    expect(here.integrations).toEqual([
      { provider: 'web:scrape', requirer: 'prom:scrape', interface: 'metrics', type: 'regular', message: '' },
    ]);
    expect(there.offers).toEqual({
      prom: {
        application: 'prom',
        charm: 'local:prom-0',
        endpoints: { scrape: { interface: 'metrics', role: 'requirer' } },
        'active-connected-count': 1,
        'total-connected-count': 1,
      },
    });
    // As in Juju, who offers sees the offer and not the relation.
    expect(there.integrations?.map(({ type }) => type)).toEqual(['peer']);
    expect(Object.keys(there.applications.prom?.relations ?? {})).toEqual(['peer']);
    const shown = (await controller.call('showUnit', { units: ['web/0'] }))['web/0'];
    expect(shown).toMatchObject({
      'relation-info': [
        {
          'cross-model': true,
          'application-data': { app: 'cos' },
          'related-units': { 'prom/0': { data: { from: 'prom/0', more: 'word' } } },
        },
      ],
    });
  });

  test('is not made twice, nor is what it needs taken from it', async () => {
    await expect(integrate('web', 'prom')).rejects.toThrow(
      'cannot add relation "prom:scrape web:scrape": relation prom:scrape web:scrape already exists',
    );
    await expect(cos.call('removeOffer', { offers: ['prom'], force: false })).rejects.toThrow(
      'cannot delete application offer "prom": offer has 1 relation',
    );
    const remove = { applications: ['nope', 'prom'], force: false, destroyStorage: false };
    expect(await cos.call('removeApplication', remove)).toEqual({
      messages: [],
      failed: [
        { name: 'nope', why: 'application "nope" not found' },
        {
          name: 'prom',
          why: expect.stringContaining('cannot destroy application "prom": application is used by 1 consumer'),
        },
      ],
    });
    await expect(controller.deploy(join(charms, 'web'), { application: 'prom' })).rejects.toThrow(
      'cannot add application "prom": saas application with same name already exists',
    );
  });

  test('follows units that come and go, and goes on after a kill of the controller', async () => {
    await controller.kill();
    await controller.start();
    const id = await relationId(controller, 'web/0');
    await cos.call('scale', { application: 'prom', to: 2, force: false });
    await controller.waitFor('web/0 hears of prom/1', () =>
      heard('default web/0').some((line) => line.includes('-joined') && line.includes('|prom/1|')),
    );
    await controller.call('scale', { application: 'web', to: 1, force: false });
    await until('prom hears that a unit departs', async () =>
      heard('cos prom/0').some((line) => line.includes('-departed') && line.includes('|remote-X/1|remote-X/1|')),
    );
    await until(
      'only one is left',
      async () =>
        (await cos.exec('prom/0', `relation-list -r ${await relationId(cos, 'prom/0')}`)).trim().split('\n').length ===
        1,
    );
    expect((await controller.exec('web/0', `relation-list -r ${id}`)).trim().split('\n').sort()).toEqual([
      'prom/0',
      'prom/1',
    ]);
  });

  test('ends in order on both sides by the name of the SAAS, which stays', async () => {
    const id = await relationId(controller, 'web/0');
    await controller.call('removeRelation', { endpoints: ['web', 'prom'], force: false });
    await until('both are told', async () =>
      ['default web/0', 'cos prom/0', 'cos prom/1'].every((unit) =>
        heard(unit).at(-1)?.startsWith('scrape-relation-broken'),
      ),
    );
    expect(
      heard('default web/0')
        .slice(-3)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['scrape-relation-departed', 'scrape-relation-departed', 'scrape-relation-broken']);
    await until(
      'the relation has gone',
      async () => (await relationId(controller, 'web/0')) === '' && (await relationId(cos, 'prom/0')) === '',
    );
    expect(id).not.toBe('');
    // It has when the last of the units has been told, which is not to be seen by another one.
    await controller.settled();
    expect(Object.keys((await controller.status())['application-endpoints'] ?? {})).toEqual(['prom']);
    expect((await cos.call('offers', {})).offers[0]?.connections).toEqual([]);
  });

  test('ends with its SAAS, also where that has a name of its own', async () => {
    expect(await controller.call('consume', { url: 'cos.prom', alias: 'far' })).toEqual({
      url: 'admin/cos.prom',
      name: 'far',
    });
    await integrate('web', 'far');
    await until('web knows far/0', async () => heard('default web/0').some((line) => line.includes('|far/0|')));
    await controller
      .call('removeSaas', { names: ['far', 'prom', 'nope'], force: false })
      .then(({ failed }) => expect(failed).toEqual([{ name: 'nope', why: 'saas application "nope" not found' }]));
    await controller.waitFor('nothing is consumed', (status) => !status['application-endpoints']);
  });

  test('ends with an offer that is removed by force, which the consumer sees', async () => {
    await integrate('web', 'cos.prom');
    await until('it is joined', async () => (await cos.status()).offers?.prom?.['active-connected-count'] === 1);
    expect((await controller.status()).integrations).toHaveLength(1);
    await cos.call('removeOffer', { offers: ['admin/cos.prom'], force: true });
    await controller.waitFor('the relation has gone', ({ integrations = [] }) => integrations.length === 0);
    expect((await controller.status())['application-endpoints']?.prom?.['application-status']).toEqual({
      current: 'terminated',
      message: 'offer has been removed',
    });
    await expect(integrate('web', 'prom')).rejects.toThrow('offer "admin/cos.prom" has been removed');
    // One that is made anew takes its place.
    await offer();
    await integrate('web', 'cos.prom');
  });

  test('ends when the model that offers is destroyed', async () => {
    const id = await relationId(controller, 'web/0');
    // Who has not been told of a relation is not told of its end either.
    await until('it is joined', async () =>
      heard('default web/0').some((line) => line.startsWith(`scrape-relation-joined ${id}|`)),
    );
    expect((await cos.status()).offers?.prom?.['active-connected-count']).toBe(1);
    await cos.call('destroyModel', { force: false });
    await until('the relation has gone', async () => (await relationId(controller, 'web/0')) === '');
    await until(
      'it is told',
      async () => heard('default web/0').at(-1)?.startsWith(`scrape-relation-broken ${id}|`) ?? false,
    );
    expect((await controller.call('models', {})).models.map((model) => model['short-name'])).toEqual(['default']);
  });
});
