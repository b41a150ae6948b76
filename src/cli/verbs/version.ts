import type { Verb } from '../verb.ts';
import { jujuVersion, version } from '../version.ts';

export const verb: Verb = {
  args: '',
  purpose: "Print charmlet's version, and the version of Juju whose protocol it speaks.",
  async run(call) {
    call.out(`${version()} (Juju ${jujuVersion})\n`);
    return 0;
  },
};
