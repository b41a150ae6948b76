import { buildCharm, buildSample } from '../builds.ts';
import { isPath, parseResources } from '../deploy-input.ts';
import { Failure, usageError } from '../failure.ts';
import { userPath } from '../input-file.ts';
import { oneApplication } from '../one-application.ts';
import type { Verb } from '../verb.ts';

const collect = (word: string, before: string[] = []) => [...before, word];

export const verb: Verb = {
  args: '<application>',
  purpose: "Renew an application's charm, and its resources when some are given.",
  examples: [
    'refresh temporal-worker-k8s',
    'refresh temporal-worker-k8s --path ./my.charm --resource temporal-worker-image=./sample',
  ],
  options(command) {
    command
      .option('--path <path>', 'refresh to a charm at this path')
      .option('--switch <charm>', 'refresh to a different charm, given by its path')
      .option('--resource <name=value>', 'resource for the charm; may be repeated', collect)
      .option('--live', 'run a directory resource in place instead of from a copy')
      .option('--trust', 'accepted for Juju')
      .option('--channel <channel>', 'accepted for Juju')
      .option('--revision <n>', 'accepted for Juju')
      .option('--force', 'accepted for Juju')
      .option('--force-units', 'give the charm to units in error as well, and try their failed hook again with it')
      .option('--force-base', 'accepted for Juju');
  },
  async run(call) {
    const application = oneApplication(call.args);
    if (call.options.path && call.options.switch) throw usageError('--switch and --path are mutually exclusive');
    const given = (call.options.path ?? call.options.switch) as string | undefined;
    if (given !== undefined && !call.options.path && !isPath(given)) {
      throw new Failure(`cannot switch to "${given}": a charm to switch to is given by its path (./, ../ or /)`);
    }
    const resources = parseResources((call.options.resource as string[] | undefined) ?? [], call.cwd);
    if (given === undefined) await buildCharm(call);
    await buildSample(call, Object.values(resources));
    const path = given === undefined ? {} : { path: userPath(given, call.cwd) };
    const { live, forceUnits } = call.options;
    const params = { application, ...path, resources, live: live === true, forceUnits: forceUnits === true };
    const { messages } = await call.client.call('refresh', params, {
      onEvent: ({ progress }) => call.info(progress),
      signal: call.signal,
    });
    for (const message of messages) call.info(message);
    return 0;
  },
};
