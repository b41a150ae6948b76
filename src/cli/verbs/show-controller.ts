import { controllerSocket } from '../../controller/paths.ts';
import { Failure, refuseExtra } from '../failure.ts';
import { controllerName } from '../model.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[<controller>]',
  purpose: 'Show the controller: where it answers, where its data is, and where its metrics are.',
  details:
    'Metrics are for Prometheus, at the address shown, to this machine alone. CHARMLET_METRICS_PORT in the controller\'s environment names another port, or "off".',
  examples: ['show-controller', 'show-controller --format json'],
  options(command) {
    formatOptions(command, 'yaml', ['json']);
  },
  async run(call) {
    refuseExtra(call.args, 1);
    const [name = controllerName] = call.args;
    if (name !== controllerName) throw new Failure(`controller ${name} not found (there is one, ${controllerName})`);
    const [controller, { focus }] = await Promise.all([call.client.call('ping', {}), call.client.call('models', {})]);
    const shown = {
      [controllerName]: {
        details: {
          'api-endpoints': [controllerSocket(call.paths)],
          cloud: 'local',
          region: 'localhost',
          'agent-version': controller.jujuVersion,
          'charmlet-version': controller.version,
          'metrics-url': controller.metrics ? `http://${controller.metrics}/metrics` : 'off',
          pid: controller.pid,
          started: controller.startedAt,
          data: controller.data,
        },
        ...(focus !== undefined && { 'current-model': `admin/${focus}` }),
        account: { user: 'admin', access: 'superuser' },
      },
    };
    await writeFormatted(call, shown, {});
    return 0;
  },
};
