import { refuseExtra, usageError } from '../failure.ts';
import { isApplicationName } from '../names.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[<controller>:][<user>/]<model>.<offer> [<alias>]',
  purpose: 'Add what another model offers to this one, to relate it later.',
  examples: ['consume admin/cos.prometheus', 'consume cos.prometheus metrics'],
  async run(call) {
    const [url, alias] = call.args;
    if (url === undefined) throw usageError('no remote offer specified');
    if (alias !== undefined && !isApplicationName(alias)) throw usageError(`invalid application name "${alias}"`);
    refuseExtra(call.args, 2);
    const added = await call.client.call('consume', { url, ...(alias !== undefined && { alias }) });
    call.info(`Added ${added.url} as ${added.name}`);
    return 0;
  },
};
