import { existsSync } from 'node:fs';
import { confirm } from '../confirm.ts';
import { Failure, refuseExtra } from '../failure.ts';
import { andItsEnd } from '../gone.ts';
import { controllerName } from '../model.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[<controller>]',
  purpose: 'End every process of charmlet and remove its data. What was downloaded or built stays in the cache.',
  examples: ['kill-controller --no-prompt'],
  options(command) {
    command.option('--no-prompt', 'do not ask').option('-t, --timeout <duration>', 'accepted for Juju');
  },
  async run(call) {
    const [name] = call.args;
    refuseExtra(call.args, 1);
    if (name !== undefined && name !== controllerName)
      throw new Failure(`controller ${name} not found (there is one, ${controllerName})`);
    if (!existsSync(call.paths.data)) {
      call.info(`there is nothing to remove: ${call.paths.data} does not exist`);
      return 0;
    }
    if (call.options.prompt !== false) {
      call.stderr.write(
        `WARNING This command will end the "${controllerName}" controller with everything it runs, and remove ${call.paths.data}.\n`,
      );
      await confirm(
        call,
        '\nTo continue, enter the name of the controller to be removed: ',
        (answer) => answer === controllerName,
        'controller destruction',
      );
    }
    const { messages } = await andItsEnd(call.client, () =>
      call.client.call('killController', {}, { onEvent: ({ progress }) => call.info(progress) }),
    );
    for (const message of messages) call.info(message);
    return 0;
  },
};
