import { secretAndApplications } from '../secrets/applications.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<ID>|<name> <application>[,<application>...]',
  purpose: 'Revoke access to a secret.',
  details: `
The applications may not read the secret any more. No event tells their units so, and what they have read they know.`,
  examples: ['revoke-secret my-secret temporal-worker-k8s'],
  async run(call) {
    await call.client.call('revokeSecret', secretAndApplications(call.args));
    return 0;
  },
};
