import type { Status } from '../controller/api.ts';
import type { Bundle } from '../controller/bundle.ts';
import { Failure } from './failure.ts';
import type { Invocation } from './verb.ts';

/** Options of `deploy` that belong to one application, by their names on the command line. */
const charmOptions = {
  config: '--config',
  numUnits: '-n',
  resource: '--resource',
  base: '--base',
  constraints: '--constraints',
};

type Change = { readonly deploy: string; readonly charm: string } | { readonly relate: readonly [string, string] };

/**
 * Deploys what the bundle has and the model has not yet, as Juju does: the changes one after the other, each with a line.
 * An application that is there and only lacks its server for now does not hold up the others; it is told in the end.
 * The same command again goes on where this one stopped.
 */
export async function deployBundle(call: Invocation, name: string, bundle: Bundle): Promise<number> {
  const given = Object.entries(charmOptions).filter(([option]) => call.options[option] !== undefined);
  if (given.length > 0) {
    const list = given.map(([, option]) => option).join(', ');
    throw new Failure(`options provided but not supported when deploying a bundle: ${list}`);
  }
  const applications = Object.keys(bundle.applications).sort();
  if (!call.options.trust) {
    throw new Failure(
      `Bundle cannot be deployed without trusting applications with your cloud credentials.
Please repeat the deploy command with the --trust argument if you consent to trust the following application(s):
  - ${applications.join('\n  - ')}`,
    );
  }
  call.info(`Located bundle "${name}"`);
  for (const part of bundle.leftOut) call.info(`Left out: ${part}`);
  const changes = planChanges(bundle, await call.client.call('status', { selectors: [] }));
  if (changes.length === 0) {
    call.info('No changes to apply.');
    return 0;
  }
  call.out(call.options.dryRun ? 'Changes to deploy bundle:\n' : 'Executing changes:\n');
  const unready: string[] = [];
  for (const change of changes) {
    call.out(`- ${describe(change)}\n`);
    if (call.options.dryRun) continue;
    const problem = await apply(call, change).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(`cannot deploy bundle: ${error.message}`, error.exitCode, { cause: error });
    });
    if (problem !== undefined) unready.push(problem);
  }
  if (unready.length > 0) throw new Failure(`cannot deploy bundle: ${unready.join('; ')}`);
  if (!call.options.dryRun) call.info('Deploy of bundle completed.');
  return 0;
}

/** What is still to be done, applications first. One that is there under that name from another charm is in the way. */
function planChanges(bundle: Bundle, status: Status): readonly Change[] {
  const changes: Change[] = [];
  for (const [application, { charm }] of Object.entries(bundle.applications).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const present = status.applications[application];
    if (present === undefined) changes.push({ deploy: application, charm });
    else if (present['charm-name'] !== charm) {
      throw new Failure(
        `cannot deploy bundle: application "${application}" is there already, from charm "${present['charm-name']}" (remove it, or use another model)`,
      );
    }
  }
  const related = new Set(
    (status.integrations ?? []).map(({ provider, requirer }) => [provider, requirer].sort().join(' ')),
  );
  for (const relation of bundle.relations) {
    if (!related.has([...relation].sort().join(' '))) changes.push({ relate: relation });
  }
  return changes;
}

function describe(change: Change): string {
  if ('relate' in change) return `add relation ${change.relate.join(' - ')}`;
  return `deploy application ${change.deploy} with 1 unit using ${change.charm}`;
}

/** Answers why an application that is deployed cannot start yet; rejects when the change could not be made. */
async function apply(call: Invocation, change: Change): Promise<string | undefined> {
  if ('relate' in change) {
    await call.client.call('integrate', { endpoints: change.relate });
    return undefined;
  }
  const { deploy: application, charm } = change;
  const channel = typeof call.options.channel === 'string' ? { channel: call.options.channel } : {};
  const one = { config: {}, configYaml: [], resources: {}, live: false, trust: true, units: 1, ...channel };
  try {
    const { messages } = await call.client.call(
      'deploy',
      { charm, application, ...one },
      { onEvent: ({ progress }) => call.info(`  ${progress}`), signal: call.signal },
    );
    for (const message of messages) call.info(`  ${message}`);
    return undefined;
  } catch (error) {
    if (call.signal.aborted) call.info('\nthe deployment of this application goes on; repeat the command for the rest');
    if (!(error instanceof Failure) || call.signal.aborted) throw error;
    const { applications } = await call.client.call('status', { selectors: [] });
    if (applications[application] === undefined) throw error;
    call.info(`  ${error.message}`);
    return error.message;
  }
}
