import { expect, test } from 'vitest';
import { portsText, statusTable } from '../../../src/cli/status/tabular.ts';
import { withController } from './fake-controller.ts';
import { application, model, sampleStatus, unit } from './sample-status.ts';

const plain = { relations: false, storage: false, colour: false };

test('prints the sections, columns and padding of juju status', () => {
  expect(statusTable(sampleStatus(), { ...plain, relations: true })).toBe(`\
Model  Controller  Cloud/Region  Version  SLA          Timestamp
m      ctl         k8s           3.6.13   unsupported  13:50:39Z

App     Version  Status   Scale  Charm                Channel    Rev  Address         Exposed  Message
pg      14.15    active       1  postgresql-k8s       14/stable  495  10.152.183.195  no
worker           blocked    2/3  temporal-worker-k8s               0  10.152.183.233  no       Invalid config: host value missing

Unit       Workload  Agent       Address      Ports     Message
pg/0*      active    idle        10.1.157.92            Primary
worker/0*  blocked   idle        10.1.157.90            Invalid config: host value missing
worker/1   waiting   executing   10.1.157.91  7233/tcp  (config-changed) configuring temporal worker
worker/10  waiting   allocating                         installing agent

Integration provider  Requirer         Interface          Type     Message
pg:database           worker:database  postgresql_client  regular
worker:peer           worker:peer      temporal           peer
`);
});

test('prints storage by unit with --storage, and no section where there is none', () => {
  const stored = (name: string) => ({
    kind: 'filesystem',
    life: 'alive' as const,
    status: { current: 'attached' },
    persistent: false,
    attachments: { units: { [name]: { life: 'alive' as const, location: `/storage/${name}` } } },
  });
  const storage = {
    storage: { 'data/10': stored('w/0'), 'data/2': stored('w/0'), 'certs/0': stored('w/10'), 'certs/1': stored('w/2') },
  };
  expect(
    statusTable({ ...model({}), storage }, { ...plain, storage: true })
      .split('\n')
      .slice(3),
  ).toEqual([
    'Storage Unit  Storage ID  Type        Mountpoint     Size  Status    Message',
    'w/0           data/2      filesystem  /storage/w/0         attached',
    'w/0           data/10     filesystem  /storage/w/0         attached',
    'w/2           certs/1     filesystem  /storage/w/2         attached',
    'w/10          certs/0     filesystem  /storage/w/10        attached',
    '',
  ]);
  expect(statusTable(model({}), { ...plain, storage: true })).toBe(statusTable(model({}), plain));
});

test('leaves out the Unit section when there is no unit, and shows the model notes', () => {
  const status = model({
    w: application(
      'c',
      { current: 'unknown' },
      {},
      { scale: 0, exposed: true, version: `${'v'.repeat(40)}\nsecond line` },
    ),
  });
  const noted = {
    ...status,
    model: {
      ...status.model,
      region: 'localhost',
      'model-status': { current: 'available', message: 'upgrade available: 3.6.14' },
    },
  };
  expect(statusTable(noted, plain)).toBe(`\
Model  Controller  Cloud/Region   Version  SLA          Timestamp  Notes
m      ctl         k8s/localhost  3.6.13   unsupported  13:50:39Z  upgrade available: 3.6.14

App  Version                         Status   Scale  Charm  Channel  Rev  Address         Exposed  Message
w    ${'v'.repeat(27)}...  unknown      0  c                 0  10.152.183.233  yes
`);
});

test.each([
  { name: 'one port', ports: ['7233/tcp'], text: '7233/tcp' },
  { name: 'two protocols', ports: ['53/udp', '7239/tcp', '7233/tcp'], text: '7233,7239/tcp 53/udp' },
  { name: 'a run', ports: ['8001/tcp', '8000/tcp', '8002/tcp'], text: '8000-8002/tcp' },
  { name: 'a range beside a port', ports: ['8000-8002/tcp', '8003/tcp', '9000/tcp'], text: '8000-8003,9000/tcp' },
  { name: 'no port', ports: [], text: '' },
  { name: 'icmp', ports: ['icmp'], text: 'icmp' },
])('groups open ports: $name', ({ ports, text }) => {
  expect(portsText(ports)).toBe(text);
});

test("shows an action that runs, a relation's hook, and the agent's message while it is allocated", () => {
  const status = model({
    w: application(
      'c',
      {},
      {
        'w/0': unit({ current: 'active' }, { current: 'executing', message: 'running action restart' }),
        'w/1': unit(
          { current: 'active', message: 'two\nlines' },
          { current: 'executing', message: 'running database-relation-changed hook' },
        ),
        'w/2': unit({ current: 'waiting' }, { current: 'allocating', message: 'agent initialising' }),
      },
    ),
  });
  expect(statusTable(status, plain).split('\n').slice(6, 10)).toEqual([
    'Unit  Workload  Agent       Address      Ports  Message',
    'w/0   active    executing   10.1.157.90         (restart)',
    'w/1   active    executing   10.1.157.90         (database-relation-changed) two lines',
    'w/2   waiting   allocating  10.1.157.90         agent initialising',
  ]);
});

test('colours status words on a terminal only when colours are wanted, without changing the padding', async () => {
  await withController({ status: sampleStatus }, async (fake) => {
    const strip = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, '');
    const plainly = await fake.run(['status']);
    const coloured = await fake.run(['status'], { tty: true });
    const forced = await fake.run(['status', '--color'], { env: { NO_COLOR: '1' } });
    expect(coloured.out).toContain('\x1b[31mblocked\x1b[0m');
    expect(strip(coloured.out)).toBe(plainly.out);
    expect(forced.out).toBe(coloured.out);
    expect((await fake.run(['status'], { tty: true, env: { NO_COLOR: '1' } })).out).toBe(plainly.out);
    expect((await fake.run(['status', '--no-color'], { tty: true })).out).toBe(plainly.out);
  });
});

test('prints json on one line and yaml with the same keys', async () => {
  await withController(
    { status: () => model({ 'w-a': application('c', { message: 'a < b & c' }, {}) }) },
    async (fake) => {
      const json = await fake.run(['status', '--format', 'json', '--utc']);
      expect(json.out.endsWith('\n') && json.out.trim().includes('\n')).toBe(false);
      expect(json.out).toContain('a \\u003c b \\u0026 c');
      expect(JSON.parse(json.out)).toEqual(model({ 'w-a': application('c', { message: 'a < b & c' }, {}) }));
      const yaml = await fake.run(['status', '--format=yaml', '--utc']);
      expect(yaml.out).toContain(
        '  w-a:\n    charm: local:c-0\n    base:\n      name: ubuntu\n      channel: "24.04"\n',
      );
    },
  );
});

test('prints a line for each unit with --format line, oneline and short', async () => {
  await withController({ status: sampleStatus }, async (fake) => {
    const { out } = await fake.run(['status', '--format', 'oneline']);
    expect(out).toBe(`\
- pg/0: 10.1.157.92 (agent:idle, workload:active)
- worker/0: 10.1.157.90 (agent:idle, workload:blocked)
- worker/1: 10.1.157.91 (agent:executing, workload:waiting) 7233/tcp
- worker/10:  (agent:allocating, workload:waiting)
`);
    expect((await fake.run(['status', '--format', 'short'])).out).toBe(out);
    expect((await fake.run(['status', '--format', 'line'])).out).toBe(out);
  });
});

test('prints counts with --format summary', async () => {
  await withController({ status: sampleStatus }, async (fake) => {
    expect((await fake.run(['status', '--format', 'summary'])).out).toBe(`\
Running on subnets:  10.1.157.92/8
    Utilizing ports:  7233/tcp
      # Machines:  (0)

         # Units:  (4)
          active:   1
         blocked:   1
         waiting:   2

  # Applications:  (2)
               pg  0/1  exposed
           worker  0/1  exposed

        # Remote:  (0)
`);
  });
});

test('tells on stderr that the model is empty or that nothing matched', async () => {
  await withController({ status: () => model({}) }, async (fake) => {
    const { code, out, err } = await fake.run(['status']);
    expect([code, out.split('\n').length, err]).toEqual([0, 3, '\nModel "admin/m" is empty.\n']);
    expect((await fake.run(['status', 'nope'])).err).toBe('Nothing matched specified filter.\n');
    expect((await fake.run(['status', 'nope', '-q'])).err).toBe('');
    expect(fake.calls.at(-1)).toEqual({ method: 'status', params: { selectors: ['nope'] } });
  });
});

test('draws the picture again after each change with --watch, until interrupted', async () => {
  let messages = ['first', 'second', 'third'];
  const status = () => {
    setTimeout(() => change(), 0);
    return model({ w: application('c', { message: messages[0] ?? 'over' }, {}) });
  };
  let change = () => {};
  const watch = async (_: unknown, emit: (event: { revision: number }) => void, gone: AbortSignal) => {
    emit({ revision: 1 });
    change = () => {
      messages = messages.slice(1);
      if (messages.length > 0) emit({ revision: 4 - messages.length });
      else end();
    };
    let end = () => {};
    await new Promise<void>((resolve) => {
      end = resolve;
      gone.addEventListener('abort', () => resolve());
    });
    return {};
  };
  await withController({ status, watch }, async (fake) => {
    const { out } = await fake.run(['status', '--watch', '1h']);
    expect(out).toContain('first');
    expect(out).toContain('third');
  });
});
