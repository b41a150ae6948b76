import type { Environment } from '../../controller/author-api.ts';
import { refuseExtra, usageError } from '../failure.ts';
import { isUnitOrLeader } from '../names.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<unit>',
  purpose: "Show the environment of a unit's worker.",
  details: `
With --explain: where each variable comes from, what it shadows, and whether the worker has it (same), has another value (other), or
lacks it (absent). Secret values are masked: they stay inside the charm unless --reveal asks for them.

When the unit is blocked, what is wanted is shown, and the worker keeps its last good environment.

Juju has no such command; there, juju exec --unit <unit> queries/environment prints the same as JSON.`,
  examples: ['env temporal-worker-k8s/0 --explain', 'env temporal-worker-k8s/leader --reveal --format json'],
  options(command) {
    formatOptions(command, 'tabular', ['yaml', 'json']);
    command
      .option('--explain', 'show where each variable comes from and what it shadows')
      .option('--reveal', 'show the values of secrets');
  },
  async run(call) {
    const [given] = call.args;
    if (given === undefined) throw usageError('no unit specified');
    if (!isUnitOrLeader(given)) throw usageError(`invalid unit name "${given}"`);
    refuseExtra(call.args, 1);
    const { unitsOf } = await import('../leader.ts');
    const [unit = given] = await unitsOf(call, [given]);
    const found = await call.client.call('environment', { unit, reveal: call.options.reveal === true });
    const explained = call.options.explain === true;
    for (const line of remarks(found)) call.info(line);
    if (explained) for (const line of found.warnings ?? []) call.info(`warning: ${line}`);
    await writeFormatted(call, explained ? found : plain(found), { tabular: () => table(found, explained) });
    return 0;
  },
};

/** What has to be known before the table is believed. */
function remarks({ state, problems, compared, variables }: Environment): string[] {
  if (state === 'blocked')
    return [
      ...problems.map((problem) => `blocked: ${problem}`),
      'What follows is what is wanted, as far as it is known; the worker keeps its last good environment.',
    ];
  if (!compared) return ['The container does not answer: what follows is what is wanted.'];
  const differ = variables.filter(({ worker }) => worker !== 'same');
  return differ.length === 0 ? [] : ['The worker has not been told all of this yet (--explain shows which).'];
}

function plain({ variables }: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

function table({ variables }: Environment, explained: boolean): string {
  const rows = variables.map(({ name, value, source, shadows, worker }) =>
    explained ? [name, oneLine(value), source, shadows.join(', '), worker] : [name, oneLine(value)],
  );
  return renderTable([explained ? ['Name', 'Value', 'Source', 'Shadows', 'Worker'] : ['Name', 'Value'], ...rows]);
}

/** A table has a line for each; JSON and YAML tell values as they are. */
function oneLine(value: string): string {
  const text = /[\p{Cc}]/u.test(value) ? JSON.stringify(value) : value;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
