import { identityVariable, metricsPorts } from '../../charm/environment/environment.ts';
import { healthPlace } from '../../charm/health.ts';
import { workerIdentity } from '../../charm/identity.ts';
import { readInputs } from '../../charm/inputs.ts';
import { serviceName, startScript } from '../../charm/layer.ts';
import { missingSecrets } from '../../charm/questions.ts';
import { refusedEverywhere } from '../../charm/relations/vault.ts';
import { rememberLogin, standingRefusal } from '../../charm/relations/vault-login.ts';
import { reveal, type Text } from '../../charm/secret.ts';
import { tlsDirectory } from '../../charm/tls.ts';
import type { ChangeFact, Facts, Known, Question, Workload } from '../../charm/types.ts';
import { PebbleApiError } from '../pebble/errors.ts';
import { readMany } from '../pebble/read-many.ts';
import type { Change, FileInfo } from '../pebble/types.ts';
import type { ServerTls, TemporalServer } from '../temporal/temporal-server.ts';
import { pebbleTimeoutMs } from './workload-facts.ts';
import type { World } from './world.ts';

/** What the answers are taken from, beside the facts so far. */
export interface AnswerSources {
  readonly world: World;
  readonly facts: Facts;
  readonly planText: string;
  /** The server that the options name; made on the first question, so that its connection serves the whole dispatch. */
  readonly server: () => Promise<TemporalServer>;
}

/** A change of the facts by one answer. */
export type Answer = (facts: Facts) => Facts;

/** How each question is answered. */
export const answers: Readonly<Record<Question, (from: AnswerSources) => Promise<Answer>>> = {
  async address({ world }) {
    // Units of one machine share its network, and each has a loopback address of its own; a pod's address is no business
    // of the worker's, which may listen on all.
    const { networkGet } = await import('../hookcmds/network.ts');
    const address = await networkGet(world.runner, { endpoint: 'peer' }).then(
      ({ bindAddresses }) => bindAddresses.find(({ value }) => value.startsWith('127.'))?.value ?? '',
      () => null,
    );
    return (later) => ({ ...later, memory: { ...later.memory, address } });
  },
  async environment({ facts }) {
    const { parseEnvironment } = await import('./environment-text.ts');
    const environment = parseEnvironment(String(facts.config.environment));
    return (later) => ({ ...later, environment });
  },
  async secrets({ world, facts }) {
    const [{ readSecrets }, fingerprints] = await Promise.all([
      import('./user-secrets.ts'),
      world.fingerprints.needed(),
    ]);
    const read = await readSecrets(world.runner, { ids: missingSecrets(facts), fingerprints });
    return (later) => ({ ...later, secrets: { ...later.secrets, ...read } });
  },
  async vault({ world, facts }) {
    const { vault: place, vaultPaths: paths } = readInputs(facts);
    if (place === null) return (later) => later;
    const standing = standingRefusal(facts.memory.vaultRefusal, { place, now: facts.now });
    if (standing !== null) return (later) => ({ ...later, vault: refusedEverywhere(paths, standing.why) });
    const [{ readVault }, fingerprints] = await Promise.all([
      import('./vault-answers.ts'),
      world.fingerprints.needed(),
    ]);
    const { answers: vault, login } = await readVault(place, { paths, fingerprints });
    const vaultRefusal = rememberLogin(facts.memory.vaultRefusal, { place, now: Date.now(), login });
    return (later) => ({ ...later, vault, memory: { ...later.memory, vaultRefusal } });
  },
  async certificates({ facts }) {
    const { readCertificates } = await import('./certificates.ts');
    const certificates = readCertificates(readInputs(facts).tls ?? {});
    return (later) => ({ ...later, certificates });
  },
  async files({ world }) {
    const path = `/v1/files?action=list&path=${encodeURIComponent(tlsDirectory)}`;
    return inWorkload({
      files: await known(async () => {
        const files = await readMany(world.socket, [path], pebbleTimeoutMs).then(
          ([found]) => found as readonly FileInfo[],
          ifMissing,
        );
        return Object.fromEntries(files.map((file) => [file.path, file.size ?? 0]));
      }),
    });
  },
  async plan({ planText }) {
    const { parsePlan } = await import('./plan-text.ts');
    return inWorkload({ plan: { known: true, value: parsePlan(planText) } });
  },
  async changes({ world }) {
    const path = `/v1/changes?select=all&for=${serviceName}`;
    return inWorkload({
      changes: await known(async () => {
        const [changes] = await readMany(world.socket, [path], pebbleTimeoutMs);
        return changeFacts((changes ?? []) as readonly Change[]);
      }),
    });
  },
  async script({ world }) {
    const path = `/v1/files?action=list&itself=true&path=${encodeURIComponent(startScript)}`;
    return inWorkload({ script: await known(async () => scriptState(world.socket, path)) });
  },
  async 'taken port'({ world, facts }) {
    const { readTakenPort } = await import('./taken-port.ts');
    const about = { usual: metricsPorts(facts.config), identity: workerIdentity(facts) };
    return inWorkload({ takenPort: await known(() => readTakenPort(world.socket, about)) });
  },
  async database({ facts }) {
    const place = readInputs(facts).database;
    if (place === null) return (later) => later;
    const { askDatabase } = await import('./database-answer.ts');
    const database = await askDatabase(place);
    return (later) => ({ ...later, database });
  },
  async server({ server }) {
    const answer = await (await server()).pollers();
    return (facts) => ({ ...facts, server: answer });
  },
  async health({ facts }) {
    const place = healthPlace(facts, readInputs(facts));
    const { readHealth } = await import('./health-answer.ts');
    const health = place === null ? ({ outcome: 'none' } as const) : await readHealth(place);
    return (later) => ({ ...later, health });
  },
  async processes({ world, facts }) {
    const { readProcesses } = await import('./processes.ts');
    const marker = `${identityVariable}=${workerIdentity(facts)}`;
    return inWorkload({ processes: await known(() => readProcesses(world.socket, marker)) });
  },
};

/** The client library, which takes longer to load than everything else. */
export function loadServer(): Promise<typeof import('../temporal/temporal-server.ts')> {
  return import('../temporal/temporal-server.ts');
}

/** The server of the facts' inputs, reached as the worker reaches it. */
export async function serverOf(facts: Facts): Promise<TemporalServer> {
  const { TemporalServer } = await loadServer();
  const { settings, apiKey, tls, speaksTls } = readInputs(facts);
  const { address, namespace, queue } = settings;
  const place = { ...address, namespace, queue, apiKey: apiKey === null ? null : reveal(apiKey) };
  const rootCas = String(facts.config['tls-root-cas'] ?? '');
  return new TemporalServer({ ...place, tls: serverTls(tls ?? {}, { rootCas, speaksTls }) });
}

function serverTls(
  content: Readonly<Record<string, Text>>,
  { rootCas, speaksTls }: { readonly rootCas: string; readonly speaksTls: boolean },
): ServerTls | null {
  const text = (name: string) => reveal(content[name] ?? '') || null;
  const [certificate, key, serverName] = [text('client-cert'), text('client-key'), text('server-name')];
  const ca = text('server-ca') ?? (rootCas.trim() === '' ? null : rootCas);
  if (certificate === null && ca === null && serverName === null && !speaksTls) return null;
  return { rootCas: ca, client: certificate === null || key === null ? null : { certificate, key }, serverName };
}

function ifMissing(error: unknown): readonly FileInfo[] {
  if (error instanceof PebbleApiError && error.statusCode === 404) return [];
  throw error;
}

function inWorkload(part: Partial<Workload>): Answer {
  return (facts) =>
    facts.workload.known ? { ...facts, workload: { known: true, value: { ...facts.workload.value, ...part } } } : facts;
}

async function known<T>(read: () => Promise<T>): Promise<Known<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    return { known: false, why: (error as Error).message };
  }
}

function changeFacts(changes: readonly Change[]): ChangeFact[] {
  const facts = changes.map((change) => ({
    id: change.id,
    kind: change.kind,
    ready: change.ready,
    error: change.err ?? '',
    began: Date.parse(change['spawn-time']),
    ended: change['ready-time'] === undefined ? null : Date.parse(change['ready-time']),
  }));
  return facts.sort((a, b) => Number(b.id) - Number(a.id));
}

async function scriptState(socket: string, path: string): Promise<'runnable' | 'missing' | 'not executable'> {
  try {
    const [files] = await readMany(socket, [path], pebbleTimeoutMs);
    const file = (files as readonly FileInfo[])[0];
    const executable = (Number.parseInt(file?.permissions ?? '0', 8) & 0o111) !== 0;
    return file?.type === 'directory' || !executable ? 'not executable' : 'runnable';
  } catch (error) {
    if (error instanceof PebbleApiError && error.statusCode === 404) return 'missing';
    throw error;
  }
}
