import { Failure, refuseExtra, usageError } from '../failure.ts';
import { isApplicationName } from '../names.ts';
import { nearest } from '../nearest.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application> <action>',
  purpose: 'Show what an action does and what it takes.',
  async run(call) {
    const [application, action] = call.args;
    if (application === undefined) throw usageError('no application specified');
    if (!isApplicationName(application)) throw usageError(`invalid application name "${application}"`);
    if (action === undefined) throw usageError('no action specified');
    refuseExtra(call.args, 2);
    const specs = await call.client.call('actions', { application });
    const spec = Object.hasOwn(specs, action) ? specs[action] : undefined;
    if (!spec) {
      const meant = nearest(action, Object.keys(specs)) ?? Object.keys(specs).sort().join(', ');
      throw new Failure(
        `unknown action "${action}" (${meant ? `there is: ${meant}` : `${application} has no actions`})`,
      );
    }
    const { goYaml } = await import('../yaml.ts');
    const params = Object.keys(spec.params).length > 0 ? `\nArguments\n${goYaml(spec.params)}` : '';
    const required = spec.required.length > 0 ? `\nRequired: ${spec.required.join(', ')}\n` : '';
    call.out(`${spec.description.trim() || 'No description'}\n${params}${required}`);
    return 0;
  },
};
