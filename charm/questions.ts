import { isConfirmed } from './confirmation.ts';
import { evidence } from './evidence.ts';
import { healthPlace } from './health.ts';
import { namesProcess, ownPollers } from './identity.ts';
import { hasEnvironment, readInputs } from './inputs.ts';
import { logForwarding } from './log-forwarding.ts';
import type { Outlook } from './outlook.ts';
import { certificatesOf } from './tls.ts';
import type { Facts, Question } from './types.ts';

/** Which further facts the decision needs. Each is asked for once in a look, whatever comes of it. */
export function questions(facts: Facts, seen: Outlook | null, answered: ReadonlySet<Question>): readonly Question[] {
  const inputs = facts.leaving || !facts.workload.known ? [] : inputQuestions(facts);
  if (inputs.length > 0) return inputs;
  const unforwarded = logForwarding(facts)?.done === false;
  const plan: readonly Question[] = unforwarded || seen?.settled === false ? ['plan'] : [];
  if (seen === null) return plan.filter((question) => !answered.has(question));
  const files: readonly Question[] = seen.files.wanted.length > 0 ? ['files'] : [];
  const address: readonly Question[] = facts.memory.address === null ? ['address'] : [];
  const needed = [
    ...address,
    ...plan,
    ...files,
    ...serviceQuestions(facts, seen),
    ...serverQuestions(facts, seen),
    ...databaseQuestions(seen),
  ];
  return needed.filter((question) => !answered.has(question));
}

/** What the worker is to be told has to be read first: everything else depends on it. */
export function inputQuestions(facts: Facts): readonly Question[] {
  const environment = facts.environment === null && hasEnvironment(facts.config);
  // All secrets in one wave: those of the option `environment` are known only when it was read.
  if (environment) return ['environment'];
  if (missingSecrets(facts).length > 0) return ['secrets'];
  const { tls, vault, vaultPaths } = readInputs(facts);
  if (vault !== null && vaultPaths.some((path) => !Object.hasOwn(facts.vault, path))) return ['vault'];
  return tls !== null && facts.certificates?.of !== certificatesOf(tls) ? ['certificates'] : [];
}

/** Bare ids of the secrets that were not asked for yet. */
export function missingSecrets(facts: Facts): readonly string[] {
  return readInputs(facts).secretIds.filter((id) => !Object.hasOwn(facts.secrets, id));
}

function serviceQuestions(facts: Facts, { workload, state }: Outlook): readonly Question[] {
  const simplyRuns = workload.service?.current === 'active' && !facts.done.disturbed;
  if (simplyRuns || workload.service === null) return [];
  if (state.kind === 'backing off') return ['changes', 'taken port'];
  return state.kind === 'stopped' && state.reason !== '' ? ['changes', 'script', 'taken port'] : ['changes'];
}

/** While the worker does not poll, its database may be why. */
function databaseQuestions({ inputs, state, confirmed }: Outlook): readonly Question[] {
  const ended = state.kind === 'backing off' || (state.kind === 'stopped' && state.reason !== '');
  const silent = state.kind === 'running' && confirmed === null;
  return inputs.database !== null && (ended || silent) ? ['database'] : [];
}

function serverQuestions(facts: Facts, { inputs, settings, state, replan }: Outlook): readonly Question[] {
  if (settings.pollerEvidence === 'off') return [];
  const open = (state.kind === 'running' && !isConfirmed(facts, state.since)) || state.kind === 'backing off';
  // A process that is about to be replaced is not worth a question.
  if (!open || replan) return [];
  const { server } = facts;
  // The worker's own word is asked for only where the server gives none.
  const silent = state.kind === 'running' && evidence(facts, state.since).kind === 'unknown';
  const health: readonly Question[] = silent && healthPlace(facts, inputs) !== null ? ['health'] : [];
  if (server.outcome !== 'answered' || ownPollers(facts, server.pollers).length > 0) return ['server', ...health];
  return server.pollers.some(namesProcess) ? ['server', 'processes', ...health] : ['server'];
}
