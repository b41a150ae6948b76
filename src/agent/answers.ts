import { readSettings } from '../../charm/config.ts';
import { identityVariable } from '../../charm/environment.ts';
import { workerIdentity } from '../../charm/identity.ts';
import { serviceName, startScript } from '../../charm/layer.ts';
import type { ChangeFact, Facts, Known, Question, Workload } from '../../charm/types.ts';
import { PebbleApiError } from '../pebble/errors.ts';
import { readMany } from '../pebble/read-many.ts';
import type { Change, FileInfo } from '../pebble/types.ts';
import type { TemporalServer } from '../temporal/temporal-server.ts';
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
  async server({ server }) {
    const answer = await (await server()).pollers();
    return (facts) => ({ ...facts, server: answer });
  },
  async processes({ world, facts }) {
    const { readProcesses } = await import('./processes.ts');
    const marker = `${identityVariable}=${workerIdentity(facts)}`;
    return inWorkload({ processes: await known(() => readProcesses(world.socket, marker)) });
  },
};

/** The server of the facts' options. */
export async function serverOf(facts: Facts): Promise<TemporalServer> {
  const { TemporalServer } = await import('../temporal/temporal-server.ts');
  const { address, namespace, queue } = readSettings(facts.config);
  return new TemporalServer({ ...address, namespace, queue });
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
