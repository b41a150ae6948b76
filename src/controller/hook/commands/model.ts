import { needNoMore } from '../arguments.ts';
import { type HookCommand, yamlFormat } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { HookContext } from '../context.ts';
import { goQuote } from '../go-text.ts';
import { Ordered } from '../go-values.ts';
import { applicationOf } from '../names.ts';

/** What a charm can learn of the model around it. */
export const modelCommands: Readonly<Record<string, HookCommand>> = {
  'goal-state': {
    args: '',
    purpose: "Print the status of the charm's peers and related units.",
    coverage: 'complete',
    formats: yamlFormat,
    run({ context, args }) {
      needNoMore(args);
      return {
        value: new Ordered([
          ['units', unitStates(context, context.application)],
          ['relations', relationStates(context)],
        ]),
      };
    },
  },
  'resource-get': {
    args: '<resource name>',
    purpose: 'Get the path to the locally cached resource file.',
    coverage: 'complete',
    run({ context, args: [name, ...more] }) {
      if (name === undefined) {
        throw new UsageError('missing required resource name');
      }
      needNoMore(more);
      const path = context.model.resourcePath(context.application, name);
      if (path === null) {
        throw new CommandError(`could not download resource: resource ${goQuote(name)} not found`);
      }
      // Without a newline, as Juju prints it.
      return { text: path };
    },
  },
  'credential-get': {
    args: '',
    purpose: 'Access cloud credentials.',
    coverage: 'complete',
    note: 'Always refused, as Juju does on a Kubernetes model.',
    formats: yamlFormat,
    run({ args }) {
      needNoMore(args);
      throw new CommandError('credential-get on a "caas" model not supported');
    },
  },
  'juju-reboot': {
    args: '',
    purpose: 'Reboot the host machine.',
    coverage: 'partial',
    note: 'Always refused: a unit on Kubernetes has no machine.',
    flags: { now: 'bool' },
    run({ context, args }) {
      needNoMore(args);
      throw new CommandError(
        context.action
          ? 'juju-reboot is not supported when running an action.'
          : 'juju-reboot on a "caas" model not supported',
      );
    },
  },
};

function unitStates(context: HookContext, application: string): Record<string, Ordered> {
  const units = context.model.units(application);
  return Object.fromEntries(units.map(({ name, status }) => [name, state(status.status, status.since)]));
}

/** Endpoint -> the other application and its units, as of now. Peers are listed among the units alone. */
function relationStates(context: HookContext): Record<string, Record<string, Ordered>> {
  const states: Record<string, Record<string, Ordered>> = {};
  for (const relation of context.model.relations(context.unit).filter((each) => !context.isPeer(each))) {
    const related = unitStates(context, relation.remoteApp);
    const units = Object.entries(related).filter(([name]) => applicationOf(name) === relation.remoteApp);
    states[relation.endpoint] = {
      ...states[relation.endpoint],
      [relation.remoteApp]: state(relation.life === 'alive' ? 'joined' : 'dying', relation.since),
      ...Object.fromEntries(units),
    };
  }
  return states;
}

function state(status: string, since?: string): Ordered {
  const written = since?.replace(/T(\d\d:\d\d:\d\d).*$/, ' $1Z');
  return new Ordered([['status', status], ...(written ? ([['since', written]] as const) : [])]);
}
