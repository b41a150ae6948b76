import { expect, test } from 'vitest';
import type { OfferListing } from '../../../src/controller/offers-api.ts';
import { withController } from './fake-controller.ts';
import { application, model, unit } from './sample-status.ts';

const prometheus: OfferListing = {
  name: 'prometheus',
  url: 'admin/cos.prometheus',
  application: 'prometheus',
  charm: 'local:prometheus-k8s-0',
  description: 'Monitoring.\nMore of it.',
  endpoints: {
    'metrics-endpoint': { interface: 'prometheus_scrape', role: 'requirer' },
    'self-metrics-endpoint': { interface: 'prometheus_scrape', role: 'provider' },
  },
  connections: [
    {
      'source-model-uuid': 'u',
      username: 'admin',
      'relation-id': 3,
      endpoint: 'metrics-endpoint',
      status: { current: 'joined' },
    },
  ],
};

test('offers are listed in Juju’s three tables', async () => {
  const offers = () => ({ offers: [prometheus] });
  await withController({ offers, findOffers: offers, showOffer: () => prometheus }, async (fake) => {
    expect((await fake.run(['offers'])).out).toBe(`\
Offer       User   Relation ID  Status  Endpoint          Interface          Role      Ingress subnets
prometheus  admin  3            joined  metrics-endpoint  prometheus_scrape  requirer
`);
    expect((await fake.run(['offers', '--format', 'summary'])).out).toBe(`\
Offer       Application  Charm                   Connected  Store     URL                   Endpoint               Interface          Role
prometheus  prometheus   local:prometheus-k8s-0  1/1        charmlet  admin/cos.prometheus  metrics-endpoint       prometheus_scrape  requirer
                                                                                            self-metrics-endpoint  prometheus_scrape  provider
`);
    expect((await fake.run(['find-offers', 'admin/cos'])).out).toBe(`\
Store     URL                   Access  Interfaces
charmlet  admin/cos.prometheus  admin   prometheus_scrape:metrics-endpoint, prometheus_scrape:self-metrics-endpoint
`);
    expect(fake.calls.at(-1)?.params).toEqual({ url: 'admin/cos' });
    expect((await fake.run(['show-offer', 'prometheus'])).out).toMatch(
      /^Store +URL +Access +Description +Endpoint +Interface +Role\ncharmlet +admin\/cos\.prometheus +admin +Monitoring\. +metrics-endpoint/,
    );
    const json = JSON.parse((await fake.run(['find-offers', '--format', 'json'])).out);
    expect(json['charmlet:admin/cos.prometheus']).toEqual({
      access: 'admin',
      endpoints: prometheus.endpoints,
      users: { admin: { 'display-name': 'admin', access: 'admin' } },
    });
  });
});

test('find-offers that finds nothing says so in Juju’s words', async () => {
  await withController({ findOffers: () => ({ offers: [] }) }, async (fake) => {
    expect(await fake.run(['find-offers'])).toEqual({
      code: 1,
      out: '',
      err: 'ERROR no matching application offers found\n',
    });
  });
});

test('offer, consume and remove-saas take Juju’s words and print Juju’s answers', async () => {
  const answers = {
    offer: () => ({ url: 'admin/cos.logs', application: 'loki' }),
    consume: () => ({ url: 'admin/cos.logs', name: 'far' }),
    removeSaas: () => ({ failed: [{ name: 'nope', why: 'saas application "nope" not found' }] }),
  };
  await withController(answers, async (fake) => {
    expect((await fake.run(['offer', 'cos.loki:logging,rules', 'logs'])).err).toBe(
      'Application "loki" endpoints [logging, rules] available at "admin/cos.logs"\n',
    );
    expect(fake.calls.at(-1)?.params).toEqual({
      model: 'cos',
      application: 'loki',
      endpoints: ['logging', 'rules'],
      name: 'logs',
    });
    expect((await fake.run(['consume', 'cos.logs', 'far'])).err).toBe('Added admin/cos.logs as far\n');
    expect(await fake.run(['remove-saas', 'nope'])).toEqual({
      code: 1,
      out: '',
      err: 'removing SAAS application nope failed: saas application "nope" not found\n',
    });
  });
});

test.for([
  [['offer'], 'an offer must at least specify application endpoint'],
  [['offer', 'loki'], 'endpoints must conform to format "<application-name>:<endpoint-name>[,...]"'],
  [['offer', 'loki:'], 'specify endpoints for loki'],
  [['consume'], 'no remote offer specified'],
  [['remove-offer'], 'no offers specified'],
  [['remove-saas', 'A'], 'invalid SAAS application name "A"'],
  [['integrate', 'a.b', 'c.d'], 'cannot relate two offers: one side is an application of this model'],
  [['integrate', 'w', 'a/b'], 'application name "a/b" not valid'],
] as const)('$0 is refused', async ([words, why]) => {
  await withController({}, async (fake) => {
    expect(await fake.run(words)).toEqual({ code: 2, out: '', err: `ERROR ${why}\n` });
    expect(fake.calls).toEqual([]);
  });
});

test('remove-offer --force asks first, and -y does not', async () => {
  await withController({ removeOffer: () => ({}) }, async (fake) => {
    const { code, err } = await fake.run(['remove-offer', 'prometheus', '--force'], { stdin: 'n\n' });
    expect([code, err]).toEqual([
      1,
      'WARNING! This command will remove offers: prometheus\nThis includes all relations to those offers.\n\nContinue [y/N]? ERROR offer removal: aborted\n',
    ]);
    expect((await fake.run(['remove-offer', 'prometheus', '--force', '-y'])).code).toBe(0);
    expect(fake.calls).toEqual([{ method: 'removeOffer', params: { offers: ['prometheus'], force: true } }]);
  });
});

test('status shows what is consumed above the applications, and offers below the units', async () => {
  const status = {
    ...model({ w: application('c', {}, { 'w/0': unit({}) }) }),
    'application-endpoints': {
      prom: {
        url: 'admin/cos.prometheus',
        endpoints: { m: { interface: 'i', role: 'requirer' as const } },
        'application-status': { current: 'active' },
      },
    },
    offers: {
      w: {
        application: 'w',
        charm: 'local:c-2',
        endpoints: { a: { interface: 'i', role: 'provider' as const } },
        'total-connected-count': 1,
      },
    },
  };
  await withController({ status: () => status }, async (fake) => {
    const sections = (await fake.run(['status'])).out.split('\n\n');
    expect(sections.map((section) => section.split(' ')[0])).toEqual(['Model', 'SAAS', 'App', 'Unit', 'Offer']);
    expect(sections[1]).toBe('SAAS  Status  Store  URL\nprom  active  ctl    admin/cos.prometheus');
    expect(sections[4]).toBe(
      'Offer  Application  Charm  Rev  Connected  Endpoint  Interface  Role\nw      w            c      2    0/1        a         i          provider\n',
    );
  });
});
