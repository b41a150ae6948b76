import { controllerName, modelName } from '../model.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '',
  purpose: 'List the models; there is one.',
  options(command) {
    formatOptions(command, 'tabular', ['json', 'yaml']);
  },
  async run(call) {
    const { model, applications } = await call.client.call('status', { selectors: [] });
    const units = Object.values(applications).reduce(
      (sum, application) => sum + Object.keys(application.units ?? {}).length,
      0,
    );
    const listing = {
      models: [
        {
          name: `admin/${model.name}`,
          'short-name': model.name,
          'controller-name': controllerName,
          owner: 'admin',
          cloud: model.cloud,
          type: model.type,
          life: 'alive',
          status: { current: model['model-status'].current },
          'unit-count': units,
          'agent-version': model.version,
        },
      ],
      'current-model': modelName,
    };
    await writeFormatted(call, listing, {
      tabular: () => {
        const cloud = model.region ? `${model.cloud}/${model.region}` : model.cloud;
        const row = [
          `${model.name}*`,
          cloud,
          'kubernetes',
          model['model-status'].current,
          String(units),
          'admin',
          'never connected',
        ];
        return `Controller: ${controllerName}\n\n${renderTable([['Model', 'Cloud/Region', 'Type', 'Status', 'Units', 'Access', 'Last connection'], row], [4])}`;
      },
    });
    return 0;
  },
};
