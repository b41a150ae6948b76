import { twoEndpoints } from '../endpoints.ts';
import { Failure, usageError } from '../failure.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application>[:<endpoint>] <application>[:<endpoint>]',
  purpose: 'Integrate two applications.',
  details: `
One side provides an interface that the other one requires. Endpoints may be left out where just one pair of them fits.`,
  examples: [
    'integrate temporal-worker-k8s postgresql-k8s',
    'integrate temporal-worker-k8s:database postgresql-k8s:database',
  ],
  options(command) {
    command.option('--via <cidrs>', 'for relations across models, which there are none of here');
  },
  async run(call) {
    if (call.args.length !== 2) throw usageError('an integration must involve two applications');
    if (call.options.via !== undefined)
      throw new Failure('cannot use --via: it is for relations across models (leave it out)');
    const { messages } = await call.client.call('integrate', { endpoints: twoEndpoints(call.args) });
    for (const message of messages) call.info(message);
    return 0;
  },
};
