import type { OfferListing } from '../../controller/offers-api.ts';
import { refuseExtra } from '../failure.ts';
import { controllerName } from '../model.ts';
import { byName } from '../offers.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '',
  purpose: 'List the offers of the model, and what is related through them.',
  examples: ['offers', 'offers --format summary', 'offers -m cos --format json'],
  options(command) {
    formatOptions(command, 'tabular', ['json', 'summary', 'yaml']);
  },
  async run(call) {
    refuseExtra(call.args, 0);
    const { offers } = await call.client.call('offers', {});
    await writeFormatted<unknown>(call, byName(offers), {
      tabular: () => renderTable([header, ...offers.flatMap(connectionRows)]),
      summary: () => renderTable([summaryHeader, ...offers.flatMap(summaryRows)]),
    });
    return 0;
  },
};

const header = ['Offer', 'User', 'Relation ID', 'Status', 'Endpoint', 'Interface', 'Role', 'Ingress subnets'];
const summaryHeader = ['Offer', 'Application', 'Charm', 'Connected', 'Store', 'URL', 'Endpoint', 'Interface', 'Role'];

function connectionRows({ name, connections, endpoints }: OfferListing): string[][] {
  if (connections.length === 0) return [[name, '-', '', '', '', '', '', '']];
  return connections.map((connection, index) => {
    const { interface: kind = '', role = '' } = endpoints[connection.endpoint] ?? {};
    const { username, endpoint, status } = connection;
    const relation = String(connection['relation-id']);
    return [index === 0 ? name : '', username, relation, status.current, endpoint, kind, role, ''];
  });
}

function summaryRows(offer: OfferListing): string[][] {
  const joined = offer.connections.filter(({ status }) => status.current === 'joined').length;
  const connected = `${joined}/${offer.connections.length}`;
  const front = [offer.name, offer.application, offer.charm, connected, controllerName, offer.url];
  return Object.entries(offer.endpoints).map(([name, endpoint], index) => [
    ...(index === 0 ? front : front.map(() => '')),
    name,
    endpoint.interface,
    endpoint.role,
  ]);
}
