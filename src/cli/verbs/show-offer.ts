import { refuseExtra, usageError } from '../failure.ts';
import { controllerName } from '../model.ts';
import { byUrl } from '../offers.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[<controller>:][<user>/][<model>.]<offer>',
  purpose: 'Show what an offer offers.',
  examples: ['show-offer prometheus', 'show-offer admin/cos.prometheus --format yaml'],
  options(command) {
    formatOptions(command, 'tabular', ['json', 'yaml']);
  },
  async run(call) {
    const [url] = call.args;
    if (url === undefined) throw usageError('must specify endpoint URL');
    refuseExtra(call.args, 1);
    const offer = await call.client.call('showOffer', { url });
    const description = offer.description.trim().split('\n')[0] ?? '';
    const rows = Object.entries(offer.endpoints).map(([name, endpoint], index) => [
      ...(index === 0 ? [controllerName, offer.url, 'admin', description] : ['', '', '', '']),
      name,
      endpoint.interface,
      endpoint.role,
    ]);
    await writeFormatted<unknown>(call, byUrl([offer], { described: true }), {
      tabular: () => renderTable([['Store', 'URL', 'Access', 'Description', 'Endpoint', 'Interface', 'Role'], ...rows]),
    });
    return 0;
  },
};
