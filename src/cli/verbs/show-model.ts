import { refuseExtra } from '../failure.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[<model>]',
  purpose: 'Show what is known of a model.',
  examples: ['show-model', 'show-model cos --format json'],
  options(command) {
    formatOptions(command, 'yaml', ['json']);
  },
  async run(call) {
    const [name] = call.args;
    refuseExtra(call.args, 1);
    const client = name === undefined ? call.client : call.client.inModel(name);
    const model = await client.call('showModel', {});
    await writeFormatted(call, { [model['short-name']]: model }, {});
    return 0;
  },
};
