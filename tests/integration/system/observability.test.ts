import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathsFrom } from '../../../src/controller/paths.ts';
import { containerPlaces, unitPlaces } from '../../../src/controller/places.ts';
import { PebbleClient } from '../../../src/pebble/client.ts';
import { lokiSink } from '../../conformance/pebble/loki-sink.ts';
import { charmLibraries, layOutCharm, opsLibrary } from '../foreign/ops-library.ts';
import { deployWorker, type Spine, unit, withTemporal, worker } from './spine.ts';
import { freePort, until } from './system.ts';

const library = await opsLibrary(charmLibraries);
let spine: Spine;

beforeAll(async () => {
  if (!library) return;
  spine = await withTemporal();
  const charm = layOutCharm(join(spine.system.root, 'observer'), library, 'observer-charm');
  await spine.system.do('deploy', charm, 'observer');
  await deployWorker(spine, { flags: ['-n', '2'] });
});
afterAll(() => spine?.system.close());

interface Scraped {
  readonly identifier: string;
  readonly charm: string;
  readonly targets: readonly string[];
  readonly unchanged: boolean;
}

/** What the other side has read by now. */
async function observed(): Promise<{ scraped: Scraped[]; dashboards: string[][]; logs: Record<string, string>[] }> {
  const out = await spine.system.do('run', 'observer/0', 'observe', '--wait', '1m', '--format', 'json');
  const { results } = JSON.parse(out)['observer/0'];
  return {
    scraped: JSON.parse(results.scraped),
    dashboards: JSON.parse(results.dashboards),
    logs: JSON.parse(results.logs),
  };
}

test.skipIf(!library)(
  'the published library reads where each unit is scraped, and there the worker answers',
  async () => {
    await spine.system.do('integrate', `${worker}:metrics-endpoint`, 'observer:metrics-endpoint');
    const [scraped] = await until('both units to be told of', 120_000, async () => {
      const found = (await observed()).scraped;
      return found[0]?.targets.length === 2 ? found : undefined;
    });
    expect(scraped).toMatchObject({ charm: worker, unchanged: true });
    expect(scraped?.identifier).toMatch(/^default_[0-9a-f]{8}_temporal-worker-k8s$/);
    const texts = await Promise.all((scraped?.targets ?? []).map(async (at) => (await fetch(`http://${at}`)).text()));
    for (const text of texts) expect(text).toContain('temporal_num_pollers{');
    expect(new Set(scraped?.targets).size).toBe(2);
  },
);

test.skipIf(!library)(
  "the worker's own metrics are found at the port that workload-prometheus-port names, on each unit's address",
  async () => {
    const port = await freePort();
    await spine.system.do('config', worker, `workload-prometheus-port=${port}`);
    await spine.system.do('integrate', `${worker}:workload-metrics-endpoint`, 'observer:metrics-endpoint');
    const targets = await until('both units to be told of', 120_000, async () => {
      const { scraped } = await observed();
      const found = scraped.flatMap((each) => each.targets).filter((at) => at.includes(`:${port}/`));
      return found.length === 2 ? found : undefined;
    });
    for (const at of targets) {
      const text = await until(`an answer at ${at}`, 120_000, () =>
        fetch(`http://${at}`).then(
          (answer) => answer.text(),
          () => undefined,
        ),
      );
      expect(text).toContain('process_resident_memory_bytes');
    }
  },
);

test.skipIf(!library)('the published library reads the dashboard', async () => {
  await spine.system.do('integrate', `${worker}:grafana-dashboard`, 'observer:grafana-dashboard');
  const titles = await until('the dashboard to be there', 120_000, async () => {
    const { dashboards } = await observed();
    return dashboards.length > 0 ? dashboards : undefined;
  });
  expect(titles).toEqual([['Temporal Worker SDK Metrics']]);
});

test.skipIf(!library)(
  "the worker's output reaches Loki with its topology, and no longer when Loki has gone",
  async () => {
    const { system } = spine;
    await using sink = await lokiSink();
    await system.do('config', 'observer', 'endpoint={"url": "http');
    await system.do('integrate', `${worker}:logging`, 'observer:logging');
    await until('the broken place to be told of', 120_000, async () =>
      (await system.debugLog()).includes('cannot forward logs to observer/0') ? true : undefined,
    );
    await system.waitForUnit(unit, 'workload-status=="active"');
    await system.do('config', 'observer', `endpoint=${JSON.stringify({ url: sink.location })}`);
    const streams = () => sink.pushes.flatMap(({ body }) => body.streams.map(({ stream }) => stream));
    await sink.until(
      'both units have sent',
      () => new Set(streams().map((each) => each.juju_unit)).size === 2,
      120_000,
    );
    expect(streams().find((each) => each.juju_unit === unit)).toEqual({
      product: 'Juju',
      charm: worker,
      juju_model: 'default',
      juju_model_uuid: expect.any(String),
      juju_application: worker,
      juju_unit: unit,
      pebble_service: 'temporal-worker',
    });
    expect((await observed()).logs).toEqual([{ metadata: expect.stringContaining(worker), alert_rules: '{}' }]);
    await system.do('remove-relation', `${worker}:logging`, 'observer:logging');
    const { socket } = containerPlaces(unitPlaces(pathsFrom(system.env), { name: 'default' }, unit), 'temporal-worker');
    await until('the target to be switched off', 120_000, async () =>
      (await new PebbleClient({ socket }).plan()).includes('(removed)') ? true : undefined,
    );
  },
);
