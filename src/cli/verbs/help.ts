import { usageError } from '../failure.ts';
import { overview, verbHelp } from '../help.ts';
import { nearest } from '../nearest.ts';
import type { Verb } from '../verb.ts';
import { aliases, isVerb, summaries } from '../verb-names.ts';

export const verb: Verb = {
  args: '[<command>]',
  purpose: 'Show help on a command, or list the commands.',
  async run(call) {
    const [topic] = call.args;
    if (topic === undefined || topic === 'commands') {
      call.out(overview());
      return 0;
    }
    const name = aliases[topic] ?? topic;
    if (!isVerb(name)) {
      const meant = nearest(topic, Object.keys(summaries));
      throw usageError(
        `unknown command or topic for ${topic} (${meant ? `did you mean "${meant}"?` : 'see "charmlet help"'})`,
      );
    }
    call.out(verbHelp(name, await call.load(name)));
    return 0;
  },
};
