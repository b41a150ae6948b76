import type { ActionSpec } from '../../controller/api.ts';
import { oneApplication } from '../one-application.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application>',
  purpose: 'List the actions of an application.',
  examples: ['actions temporal-worker-k8s', 'actions temporal-k8s --schema'],
  options(command) {
    formatOptions(command, 'default', ['json', 'tabular', 'yaml']);
    command.option('--schema', 'show what each action takes');
  },
  async run(call) {
    const application = oneApplication(call.args);
    const specs = await call.client.call('actions', { application });
    const names = Object.keys(specs).sort();
    if (names.length === 0) {
      call.info(`No actions defined for ${application}.`);
      return 0;
    }
    if (call.options.schema) {
      const schemas = Object.fromEntries(names.map((name) => [name, schemaOf(name, specs[name])]));
      const yaml = (await import('../yaml.ts')).goYaml(schemas);
      await writeFormatted<unknown>(call, schemas, { default: () => yaml, tabular: () => yaml });
      return 0;
    }
    const short = Object.fromEntries(names.map((name) => [name, description(specs[name])]));
    const table = () => renderTable([['Action', 'Description'], ...names.map((name) => [name, short[name] ?? ''])]);
    await writeFormatted<unknown>(call, short, { default: table, tabular: table });
    return 0;
  },
};

/** The JSON schema that Juju makes of an action's `params`. */
function schemaOf(name: string, spec: ActionSpec | undefined): Record<string, unknown> {
  return {
    additionalProperties: spec?.additionalProperties ?? false,
    description: spec?.description.trim() || 'No description',
    properties: spec?.params ?? {},
    ...(spec && spec.required.length > 0 ? { required: spec.required } : {}),
    title: name,
    type: 'object',
  };
}

/** A table has a line for each. */
function description(spec: ActionSpec | undefined): string {
  return spec?.description.trim().split('\n')[0] || 'No description';
}
