import { buildSample } from '../builds.ts';
import { parseResources } from '../deploy-input.ts';
import { usageError } from '../failure.ts';
import { oneApplication } from '../one-application.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application> <resource>=<value>',
  purpose: 'Give an application another resource; its units are upgraded to it.',
  examples: ['attach-resource temporal-worker-k8s temporal-worker-image=./sample'],
  options(command) {
    command.option('--live', 'run a directory resource in place instead of from a copy');
  },
  async run(call) {
    const application = oneApplication(call.args, 2);
    if (call.args.length < 2) throw usageError('no resource specified');
    const resources = parseResources(call.args.slice(1), call.cwd);
    await buildSample(call, Object.values(resources));
    for (const [name, value] of Object.entries(resources)) {
      const live = call.options.live === true;
      const { messages } = await call.client.call(
        'attachResource',
        { application, name, value, live },
        { onEvent: ({ progress }) => call.info(progress), signal: call.signal },
      );
      for (const message of messages) call.info(message);
    }
    return 0;
  },
};
