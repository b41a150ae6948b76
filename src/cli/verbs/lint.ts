import { Failure, refuseExtra, usageError } from '../failure.ts';
import { userPath } from '../input-file.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<directory or .charm file>',
  purpose: 'Look for mistakes in a charm, without running any of it.',
  details: `
An error keeps Juju from taking or running the charm, and makes the exit code 1; a warning does not.

Juju has no such command; it is for authors of charms.`,
  examples: ['lint ./my-charm', 'lint ./my-charm_ubuntu-24.04-amd64.charm'],
  async run(call) {
    const [directory] = call.args;
    if (directory === undefined) throw usageError('no directory specified');
    refuseExtra(call.args, 1);
    const { findings } = await call.client.call('lint', { directory: userPath(directory, call.cwd) });
    for (const { level, text } of findings) call.out(`${level}: ${text}\n`);
    const errors = findings.filter(({ level }) => level === 'error').length;
    if (errors > 0)
      throw new Failure(`cannot use the charm in ${directory}: ${errors} error${errors === 1 ? '' : 's'}`);
    call.info(findings.length === 0 ? 'nothing found' : 'no errors');
    return 0;
  },
};
