import { NoController } from '../client.ts';
import { refuseExtra } from '../failure.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '',
  purpose:
    'End every process of charmlet: workloads, servers and the controller. The data stays; any command starts all again.',
  startsController: false,
  async run(call) {
    refuseExtra(call.args, 0);
    try {
      const { messages } = await call.client.call('stop', {}, { onEvent: ({ progress }) => call.info(progress) });
      for (const message of messages) call.info(message);
    } catch (error) {
      if (!(error instanceof NoController)) throw error;
      call.info('charmlet is not running');
    }
    return 0;
  },
};
