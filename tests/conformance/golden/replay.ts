import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readCharmDirectory } from '../../../src/controller/charm/read-charm.ts';
import type { HookEvent } from '../../../src/controller/hook/event.ts';
import type { HookWrites } from '../../../src/controller/hook/model.ts';
import { type HookOutcome, runHook } from '../../../src/controller/hook/run.ts';
import { openHookServer } from '../../../src/controller/hook/server.ts';
import type { PebbleClient } from '../../../src/pebble/client.ts';
import { copyCharm } from '../../integration/agent/packed-unit.ts';
import { runSupervisor } from '../../integration/supervisor/run-supervisor.ts';
import type { MemorySecret } from '../../unit/controller/hook/memory-model.ts';
import { RecordedModel } from './recorded-model.ts';
import { recordedVault } from './recorded-vault.ts';
import type { GivenRelation, GivenSecret, Vector } from './vector.ts';

const charm = fileURLToPath(new URL('../../../dist/charm', import.meta.url));
const sleeper = '#!/bin/sh\nexec sleep 1000\n';
const service = 'temporal-worker';

/** Options of our own, so that a recorded world needs no Temporal server: a process that runs counts. */
const ownOptions = { 'poller-evidence': 'off', 'start-timeout': '0s', 'stop-timeout': '1s' };

const tick: HookEvent = { hook: `${service}-pebble-custom-notice`, workload: { container: service } };

/** What our charm made of a world. */
export interface Replay {
  readonly outcome: HookOutcome;
  readonly status: { readonly name: string; readonly message: string };
  /** The service's environment as Pebble has it; null without the service. */
  readonly environment: Readonly<Record<string, string>> | null;
  readonly running: boolean;
  /** The plan's log targets. */
  readonly logTargets: Readonly<Record<string, object>>;
  readonly model: RecordedModel;
  /** What a second dispatch of the same event did. */
  readonly again: {
    readonly outcome: HookOutcome;
    readonly writes: HookWrites | undefined;
    readonly disturbed: boolean;
  };
  /** Everything that the charm said to people. */
  readonly said: string;
}

/** Runs the packed charm in a recorded world, twice, through the controller's hook commands and on our own supervisor. */
export async function replay(vector: Vector): Promise<Replay> {
  const home = mkdtempSync(join(tmpdir(), 'golden-'));
  const vault = await recordedVault(vector);
  const { given } = vault;
  const unit = `${given.app}/${given.unit}`;
  const supervisor = given.container.can_connect
    ? await runSupervisor({ files: { 'scripts/start-worker.sh': sleeper } })
    : null;
  const server = await openHookServer({ dir: join(home, 'hook') });
  try {
    const containersDir = join(home, 'containers');
    mkdirSync(containersDir);
    if (supervisor !== null) {
      symlinkSync(dirname(supervisor.spec.socket), join(containersDir, service));
      await prepare(supervisor.client, given);
    }
    const model = await modelOf(given);
    const how = { kind: 'process', charmDir: copyCharm(home), server, containersDir, jujuVersion: '3.6.13' } as const;
    const event = eventOf(given);
    const run = async () => runHook({ model, unit, event, how });
    const outcome = await run();
    await settled(supervisor?.client);
    // While the unit is not final its own tick looks again, as it would in life; on a busy machine a start may outlast
    // the dispatch.
    for (let looks = 0; looks < 10 && (await looksAgain(supervisor?.client)); looks++) {
      await runHook({ model, unit, event: tick, how });
      await settled(supervisor?.client);
    }
    const status = model.unitStatus(unit);
    const before = await look(supervisor?.client);
    const commits = model.commits.length;
    const again = await run();
    const after = await look(supervisor?.client);
    return {
      outcome,
      status: { name: status.status, message: status.message },
      environment: before.environment,
      running: before.running,
      logTargets: before.logTargets,
      model,
      again: { outcome: again, writes: model.commits[commits], disturbed: before.picture !== after.picture },
      said: [...model.logged.map(({ message }) => message), ...model.taskLogs.map(({ message }) => message)].join('\n'),
    };
  } finally {
    await supervisor?.[Symbol.asyncDispose]();
    await server.close();
    await vault.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function prepare(client: PebbleClient, { container }: Vector['given']): Promise<void> {
  const plan = container.existing_plan;
  if (plan === null) return;
  const known = Object.hasOwn(plan.services ?? {}, service);
  await client.addLayer(known ? service : 'image', JSON.stringify(plan), { combine: true });
  if (container.service_statuses[service] === 'active') await client.waitChange(await client.start([service]));
}

/** Changes that the charm started and did not wait for. */
async function settled(client: PebbleClient | undefined): Promise<void> {
  const changes = (await client?.changes({ select: 'in-progress', service })) ?? [];
  for (const { id } of changes) await client?.waitChange(id);
}

async function looksAgain(client: PebbleClient | undefined): Promise<boolean> {
  const [check] = (await client?.checks({ names: ['look-again'] })) ?? [];
  return check !== undefined && check.status !== 'inactive';
}

async function look(client: PebbleClient | undefined) {
  if (client === undefined) return { environment: null, running: false, logTargets: {}, picture: '' };
  const [plan, services] = await Promise.all([client.plan(), client.services([service])]);
  const all = parse(plan, { schema: 'failsafe' }) ?? {};
  const planned = all.services?.[service];
  const found = services[0];
  return {
    environment: planned === undefined ? null : ((planned.environment ?? {}) as Record<string, string>),
    running: found?.current === 'active',
    logTargets: (all['log-targets'] ?? {}) as Record<string, object>,
    // The confirmation in it may change; the process and what it is told may not.
    picture: JSON.stringify([planned, all['log-targets'], found?.['current-since']]),
  };
}

function eventOf({ event, relations, action, secrets }: Vector['given']): HookEvent {
  if (action) return { hook: '', action: { name: action.name, task: '1', params: action.params } };
  const hook = event.replaceAll('_', '-');
  const kind = /^(.*)-relation-(created|joined|changed|departed|broken)$/.exec(hook);
  if (kind !== null) {
    const relation = relations.find(({ endpoint }) => endpoint === kind[1]);
    const unit = ['created', 'broken'].includes(kind[2] ?? '') ? '' : (relation?.remote_units?.[0] ?? '');
    return {
      hook,
      relation: {
        endpoint: kind[1] ?? '',
        id: relation?.id ?? 0,
        remoteApp: relation?.remote_app ?? '',
        remoteUnit: unit,
      },
    };
  }
  if (hook === 'secret-changed') return { hook, secret: { uri: secrets[0]?.id ?? '', label: '' } };
  return hook.endsWith('-pebble-ready') ? { hook, workload: { container: service } } : { hook };
}

async function modelOf(given: Vector['given']): Promise<RecordedModel> {
  const { app } = given;
  const unit = `${app}/${given.unit}`;
  const { options } = await readCharmDirectory(charm);
  const defaults = Object.entries(options).map(([name, option]) => [name, option.default ?? null] as const);
  return new RecordedModel(app, {
    config: { ...Object.fromEntries(defaults), ...ownOptions, ...given.config },
    leader: given.leader ? unit : `${app}/99`,
    modelConfig: {
      'juju-http-proxy': given.env.JUJU_CHARM_HTTP_PROXY ?? '',
      'juju-https-proxy': given.env.JUJU_CHARM_HTTPS_PROXY ?? '',
      'juju-no-proxy': given.env.JUJU_CHARM_NO_PROXY ?? '',
    },
    endpoints: Object.fromEntries(
      given.relations.map((relation) => [
        relation.endpoint,
        { role: relation.endpoint === 'peer' ? 'peer' : 'requires', interface: relation.interface },
      ]),
    ),
    relations: given.relations.map((relation) => ({
      id: relation.id,
      endpoint: relation.endpoint,
      remoteApp: relation.remote_app ?? app,
      remoteUnits: given.event.endsWith('_broken') ? [] : [...(relation.remote_units ?? [])],
    })),
    databags: Object.assign({}, ...given.relations.map((relation) => databags(relation, { app, unit }))),
    secrets: Object.fromEntries(
      given.secrets.map((secret) => [secret.id.split(':').at(-1), givenSecret(secret, { app, unit })]),
    ),
    storages: given.storages.map((name) => ({ id: `${name}/0`, name, kind: 'filesystem', location: `/tmp/${name}` })),
  });
}

function databags(relation: GivenRelation, { app, unit }: { readonly app: string; readonly unit: string }) {
  const id = relation.id;
  const remote = Object.entries(relation.remote_unit_data ?? {}).map(([name, bag]) => [`${id} ${name}`, bag]);
  return {
    [`${id} ${app}`]: relation.local_app_data,
    [`${id} ${unit}`]: relation.local_unit_data,
    ...(relation.remote_app ? { [`${id} ${relation.remote_app}`]: relation.remote_app_data ?? {} } : {}),
    ...Object.fromEntries(remote),
  };
}

function givenSecret(
  secret: GivenSecret,
  { app, unit }: { readonly app: string; readonly unit: string },
): MemorySecret {
  const own = secret.owner === 'unit';
  return {
    owner: own ? `unit-${unit.replace('/', '-')}` : 'model-cdac5656-2423-4388-8f30-41854b4cca7d',
    ...(secret.label === null ? {} : { label: secret.label }),
    grants: !own && secret.granted ? [{ target: `application-${app}`, relation: null }] : [],
    revisions: [secret.content, ...(secret.latest_content ? [secret.latest_content] : [])].map((content) => ({
      ...content,
    })),
  };
}
