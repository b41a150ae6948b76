import { refuseExtra, usageError } from '../failure.ts';
import { isApplicationName } from '../names.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[<model>.]<application>:<endpoint>[,...] [<offer-name>]',
  purpose: 'Offer endpoints of an application to other models.',
  details: `
The offer has the application's name unless another one is given. An application of another model is related to it by
<model>.<offer> (see integrate and consume).`,
  examples: ['offer prometheus:metrics-endpoint', 'offer postgresql-k8s:database db', 'offer cos.loki:logging'],
  async run(call) {
    const [what, name] = call.args;
    if (what === undefined) throw usageError('an offer must at least specify application endpoint');
    refuseExtra(call.args, 2);
    const [path = '', list, ...more] = what.split(':');
    if (list === undefined || more.length > 0)
      throw usageError('endpoints must conform to format "<application-name>:<endpoint-name>[,...]"');
    const [, model, application = ''] = /^(?:(.*)\.)?([^.]*)$/s.exec(path) ?? [];
    if (!isApplicationName(application)) throw usageError(`application name "${application}" not valid`);
    const endpoints = list.split(',').filter((endpoint) => endpoint !== '');
    if (endpoints.length === 0) throw usageError(`specify endpoints for ${application}`);
    const made = await call.client.call('offer', {
      application,
      endpoints,
      ...(model !== undefined && { model }),
      ...(name !== undefined && { name }),
    });
    call.info(`Application "${made.application}" endpoints [${endpoints.join(', ')}] available at "${made.url}"`);
    return 0;
  },
};
