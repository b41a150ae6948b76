import { type Client, NoController } from '../client.ts';
import { refuseExtra } from '../failure.ts';
import { andItsEnd } from '../gone.ts';
import { hasSurvivors } from '../survivors.ts';
import type { Invocation, Verb } from '../verb.ts';

export const verb: Verb = {
  args: '',
  purpose:
    'End every process of charmlet: workloads, servers and the controller. The data stays; any command starts all again.',
  startsController: false,
  async run(call) {
    refuseExtra(call.args, 0);
    try {
      await stop(call, call.client);
    } catch (error) {
      if (!(error instanceof NoController)) throw error;
      // Workloads outlive a controller that was killed; a new one knows how to end them.
      if (await hasSurvivors(call.paths)) await stop(call, call.startingClient());
      else call.info('charmlet is not running');
    }
    return 0;
  },
};

async function stop(call: Invocation, client: Client): Promise<void> {
  const onEvent = ({ progress }: { readonly progress: string }) => call.info(progress);
  const { messages } = await andItsEnd(client, () => client.call('stop', {}, { onEvent }));
  for (const message of messages) call.info(message);
}
