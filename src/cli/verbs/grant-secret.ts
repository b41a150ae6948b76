import { secretAndApplications } from '../secrets/applications.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<ID>|<name> <application>[,<application>...]',
  purpose: 'Grant access to a secret.',
  details: `
The applications may read the secret from now on. No event tells their units so: a charm finds it out when it reads the
secret next.`,
  examples: ['grant-secret my-secret temporal-worker-k8s', 'grant-secret 9m4e2mr0ui3e8a215n4g first-app,second-app'],
  async run(call) {
    await call.client.call('grantSecret', secretAndApplications(call.args));
    return 0;
  },
};
