import { twoEndpoints } from '../endpoints.ts';
import { usageError } from '../failure.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application>[:<endpoint>] (<application>|<offer-url>)[:<endpoint>]',
  purpose: 'Integrate two applications.',
  details: `
One side provides an interface that the other one requires. Endpoints may be left out where just one pair of them fits.
What another model offers is related by its URL, [<user>/]<model>.<offer>; this model consumes it then (see consume).`,
  examples: [
    'integrate temporal-worker-k8s postgresql-k8s',
    'integrate temporal-worker-k8s:database postgresql-k8s:database',
    'integrate temporal-worker-k8s:metrics-endpoint admin/cos.prometheus',
  ],
  options(command) {
    command.option('--via <cidrs>', 'accepted for Juju; everything is on this machine');
  },
  async run(call) {
    if (call.args.length !== 2) throw usageError('an integration must involve two applications');
    const { messages } = await call.client.call('integrate', { endpoints: twoEndpoints(call.args) });
    for (const message of messages) call.info(message);
    return 0;
  },
};
