import type { ModelListing } from '../../controller/models-api.ts';
import { controllerName } from '../model.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '',
  purpose: 'List the models.',
  details: `
The one that commands are for is marked with "*".`,
  options(command) {
    formatOptions(command, 'tabular', ['json', 'yaml']);
  },
  async run(call) {
    const { models, focus } = await call.client.call('models', {});
    const listing = { models, ...(focus !== undefined && { 'current-model': focus }) };
    const row = (model: ModelListing): string[] => [
      model['short-name'] + (model['short-name'] === focus ? '*' : ''),
      `${model.cloud}/${model.region}`,
      model.type,
      model.status.current,
      String(model['unit-count']),
      'admin',
      'never connected',
    ];
    const header = ['Model', 'Cloud/Region', 'Type', 'Status', 'Units', 'Access', 'Last connection'];
    await writeFormatted(call, listing, {
      tabular: () => `Controller: ${controllerName}\n\n${renderTable([header, ...models.map(row)], [4])}`,
    });
    return 0;
  },
};
