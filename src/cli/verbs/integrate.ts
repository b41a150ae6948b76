import { isIP } from 'node:net';
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
    refuseBadCidrs(String(call.options.via ?? ''));
    const { messages } = await call.client.call('integrate', { endpoints: twoEndpoints(call.args) });
    for (const message of messages) call.info(message);
    return 0;
  },
};

/** In the words of Juju and Go. What passes changes nothing. */
function refuseBadCidrs(text: string): void {
  for (const cidr of text.replaceAll(' ', '').split(',')) {
    if (text === '') return;
    const [address = '', bits = '', ...more] = cidr.split('/');
    const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    if (more.length > 0 || !/^[0-9]{1,3}$/.test(bits) || Number(bits) > most)
      throw usageError(`invalid CIDR address: ${cidr}`);
    if (cidr === '0.0.0.0/0') throw usageError(`CIDR "${cidr}" not allowed`);
  }
}
