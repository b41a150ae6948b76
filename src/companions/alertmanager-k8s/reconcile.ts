import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompanionUnit } from '../../controller/companion.ts';
import { type HookCommandRunner, relationIds } from '../../hookcmds/index.ts';
import { PebbleClient } from '../../pebble/client.ts';
import type { FoundBinary } from '../binary.ts';
import { choosePort } from '../choose-port.ts';
import { findTool } from '../find-tool.ts';
import { keepFiles } from '../keep-files.ts';
import { provideGrafanaSource } from '../observability/grafana-source.ts';
import { keepDatabag } from '../observability/related.ts';
import { reload } from '../observability/reload.ts';
import { provideScrapeTarget } from '../observability/scrape-provider.ts';
import { topologyOf } from '../observability/topology.ts';
import { ensureRunning, notServing, waitUntilServing } from '../server-service.ts';
import { showStatus, startingStatus, tellPorts, type UnitStatus } from '../unit-status.ts';
import { usableBinary } from '../usable-binary.ts';
import { alertmanagerBinary, amtool } from './alertmanager-binary.ts';
import { checkConfiguration } from './check-configuration.ts';
import { configurationFile, renderFiles } from './configuration.ts';

/** How long one event waits for the server. A slower one is noticed by its check, whose recovery is an event. */
const startWaitMs = 10_000;

/**
 * Brings the server to what the options say, tells related applications where it is (but for the relation that is
 * broken by this event) and how it is. On unchanged facts it writes nothing.
 */
export async function reconcile(tools: HookCommandRunner, unit: CompanionUnit, broken?: string): Promise<void> {
  await showStatus(tools, await serve(tools, unit, broken));
}

async function serve(tools: HookCommandRunner, unit: CompanionUnit, broken: string | undefined): Promise<UnitStatus> {
  const pebble = new PebbleClient({ socket: unit.pebbleSockets.alertmanager ?? '' });
  if (!(await pebble.reachable())) return { name: 'waiting', message: 'waiting for pebble api' };
  const binary = await usableBinary(unit, alertmanagerBinary);
  if ('name' in binary) return binary;
  await mkdir(unit.dataDir, { recursive: true, mode: 0o700 });
  const chosen = await chooseAlertmanagerPort(unit);
  if (chosen.port === undefined) return { name: 'blocked', message: chosen.problem };
  const problem = await configure(tools, pebble, { unit, binary, port: chosen.port });
  if (problem) return { name: 'blocked', message: problem };
  const url = `http://127.0.0.1:${chosen.port}`;
  if (!(await waitUntilServing(`${url}/-/ready`, startWaitMs))) {
    await showStatus(tools, startingStatus('alertmanager'));
    return notServing(pebble, 'alertmanager');
  }
  await tellPorts(tools, [chosen.port]);
  await provideAlerting(tools, unit, { url, broken });
  const topology = topologyOf(unit, 'alertmanager-k8s');
  await provideScrapeTarget(tools, unit, { endpoint: 'self-metrics-endpoint', port: chosen.port, topology, broken });
  const extraFields = { implementation: 'prometheus' };
  await provideGrafanaSource(tools, unit, { type: 'alertmanager', url, extraFields, topology, broken });
  return { name: 'active', message: chosen.note ?? '' };
}

/** The port that the options and the machine allow. An option that is no port is refused as a taken one is. */
export async function chooseAlertmanagerPort(unit: CompanionUnit) {
  const wanted = Number(unit.config.port ?? 0);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) {
    return { problem: `config: invalid port '${wanted}' (a number from 0 to 65535)` };
  }
  const application = unit.name.split('/')[0]!;
  return choosePort({ purpose: 'http', wanted, standard: 9093, dataDir: unit.dataDir, application });
}

interface Server {
  readonly unit: CompanionUnit;
  readonly binary: FoundBinary;
  readonly port: number;
}

/** Lets the server run with the user's configuration. A wrong one never reaches it: it keeps the last good one. */
async function configure(
  tools: HookCommandRunner,
  pebble: PebbleClient,
  { unit, binary, port }: Server,
): Promise<string | undefined> {
  const { dataDir, config, name } = unit;
  const rendered = renderFiles({
    configFile: String(config.config_file ?? ''),
    templates: String(config.templates_file ?? ''),
    dataDir,
    application: name.split('/')[0]!,
  });
  if ('problem' in rendered) return rendered.problem;
  const mark = createHash('sha256').update(JSON.stringify(rendered.files)).digest('hex');
  const applied = await readFile(appliedMark(dataDir), 'utf8').catch(() => '');
  if (applied !== mark) {
    const checker = await findTool(amtool, binary.path, unit.places.env);
    const why = checker && (await checkConfiguration(checker, dataDir, rendered.files));
    if (why) return `Failed to validate config (run check-config action): ${why}`;
  }
  await keepFiles(dataDir, rendered.files);
  const { started, problem } = await ensureRunning(tools, pebble, {
    name: 'alertmanager',
    argv: [
      binary.path,
      `--config.file=${join(dataDir, configurationFile)}`,
      `--storage.path=${join(dataDir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.external-url=http://127.0.0.1:${port}`,
      '--web.route-prefix=/',
      '--cluster.listen-address=',
    ],
    environment: { HOME: dataDir },
    killDelay: '10s',
    check: { http: { url: `http://127.0.0.1:${port}/-/ready` } },
    version: binary.version,
  });
  if (problem || applied === mark) return problem;
  const { read, refused } = started ? { read: true } : await reload(port);
  if (refused !== undefined) return `Is config valid? hot reload failed: ${refused}`;
  if (!read) return undefined;
  await writeFile(`${appliedMark(dataDir)}.new`, mark, { mode: 0o600 });
  await rename(`${appliedMark(dataDir)}.new`, appliedMark(dataDir));
  return undefined;
}

/** Holds a mark of the configuration that the server has read. */
const appliedMark = (dataDir: string) => join(dataDir, 'applied');

/** Tells related applications where alerts go (`alertmanager_dispatch`, provider): the second form's `url` and the first form's keys. */
async function provideAlerting(
  tools: HookCommandRunner,
  unit: CompanionUnit,
  { url, broken }: { readonly url: string; readonly broken: string | undefined },
): Promise<void> {
  for (const relationId of await relationIds(tools, 'alerting')) {
    if (relationId === broken) continue;
    const bag = { url, public_address: new URL(url).host, scheme: 'http' };
    await keepDatabag(tools, { relationId, entity: unit.name }, bag);
  }
}
