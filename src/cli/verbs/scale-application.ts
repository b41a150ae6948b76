import { usageError } from '../failure.ts';
import { oneApplication } from '../one-application.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application> <scale>',
  purpose: 'Set the desired number of application units.',
  details: `
More units are added, or those with the highest numbers leave: their stop and remove hooks run, and the units that stay are told.`,
  examples: ['scale-application temporal-worker-k8s 3', 'scale-application temporal-worker-k8s 0'],
  async run(call) {
    const application = oneApplication(call.args, 2, 'no application specified');
    const [, text] = call.args;
    if (text === undefined) throw usageError('no scale specified');
    if (!/^[+-]?[0-9]+$/.test(text)) throw usageError(`invalid scale "${text}" (a number from 0)`);
    const to = Number(text);
    if (to < 0) throw usageError('scale must be a positive integer');
    const result = await call.client.call('scale', { application, to, force: false });
    call.info(`${application} scaled to ${result.scale} units`);
    for (const message of result.messages) call.info(message);
    return 0;
  },
};
