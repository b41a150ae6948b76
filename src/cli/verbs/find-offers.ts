import { Failure, refuseExtra, usageError } from '../failure.ts';
import { controllerName } from '../model.ts';
import { byUrl, interfacesOf } from '../offers.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[[<controller>:][<user>/]<model>[.<offer>]]',
  purpose: 'Find offers in all models.',
  examples: ['find-offers', 'find-offers admin/cos', 'find-offers --interface prometheus_scrape'],
  options(command) {
    formatOptions(command, 'tabular', ['json', 'yaml']);
    command
      .option('--url <url>', 'only what matches this URL')
      .option('--interface <interface>', 'only offers of this interface')
      .option('--offer <name>', 'only offers of this name');
  },
  async run(call) {
    refuseExtra(call.args, 1);
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    const [word] = call.args;
    if (word !== undefined && call.options.url !== undefined) throw usageError('URL term cannot be specified twice');
    const [url, kind, offer] = [word ?? text(call.options.url), text(call.options.interface), text(call.options.offer)];
    if (url !== undefined && offer !== undefined) throw usageError('cannot specify both a URL term and offer term');
    const { offers } = await call.client.call('findOffers', {
      ...(url !== undefined && { url }),
      ...(kind !== undefined && { interface: kind }),
      ...(offer !== undefined && { offer }),
    });
    if (offers.length === 0) throw new Failure('no matching application offers found');
    const rows = offers.map((one) => [controllerName, one.url, 'admin', interfacesOf(one).join(', ')]);
    await writeFormatted<unknown>(call, byUrl(offers, { described: false }), {
      tabular: () => renderTable([['Store', 'URL', 'Access', 'Interfaces'], ...rows]),
    });
    return 0;
  },
};
