import { refuseExtra, usageError } from '../failure.ts';
import { isUnitOrLeader } from '../names.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<unit>',
  purpose: "Show everything that a unit's charm can see, to begin a test with.",
  details: `
It has the shape of the State of ops.testing: options, relations with their data, secrets, containers, storage, status. What comes
from a secret is masked wherever it turns up, and so are environments of services, what the charm keeps in its own state, and
values whose names say that they are secret.

Juju has no such command; it is for authors of charms.`,
  examples: ['capture temporal-worker-k8s/0', 'capture temporal-worker-k8s/leader -o tests/state.yaml'],
  options(command) {
    formatOptions(command, 'yaml', ['json']);
  },
  async run(call) {
    const [unit] = call.args;
    if (unit === undefined) throw usageError('no unit specified');
    if (!isUnitOrLeader(unit)) throw usageError(`invalid unit name "${unit}"`);
    refuseExtra(call.args, 1);
    const { unitsOf } = await import('../leader.ts');
    const [named = unit] = await unitsOf(call, [unit]);
    await writeFormatted(call, await call.client.call('capture', { unit: named }), {});
    return 0;
  },
};
