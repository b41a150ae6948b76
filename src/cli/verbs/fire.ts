import { parseDuration } from '../duration.ts';
import { Failure, refuseExtra, usageError } from '../failure.ts';
import { isUnitOrLeader } from '../names.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<event> <unit>',
  purpose: 'Have a unit told an event now, to see what its charm makes of it.',
  details: `
The event is a hook's name. It waits its turn behind what the unit has still to be told, and the command ends when its hook has
ended, with exit code 1 when that failed. Events that would not be true, such as -relation-joined, are refused.

Juju has no such command; it is for authors of charms.`,
  examples: [
    'fire update-status temporal-worker-k8s/0',
    'fire temporal-worker-pebble-ready temporal-worker-k8s/leader',
    'fire database-relation-changed temporal-worker-k8s/0 --remote-unit postgresql-k8s/0',
    'fire temporal-worker-pebble-check-failed temporal-worker-k8s/0 --check up',
  ],
  options(command) {
    command
      .option('--relation <id>', 'which relation, where the endpoint has several')
      .option('--remote-unit <unit>', 'the unit that has changed (default: its application)')
      .option('--check <name>', 'the check that has failed or recovered')
      .option('--wait <duration>', 'how long to wait for the hook to end (default 60s)');
  },
  async run(call) {
    const [event, unit] = call.args;
    const { relation, remoteUnit, check, wait } = call.options;
    if (event === undefined) throw usageError('no event specified');
    if (!/^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/.test(event)) throw usageError(`invalid event "${event}" (a hook's name)`);
    if (unit === undefined) throw usageError('no unit specified');
    if (!isUnitOrLeader(unit)) throw usageError(`invalid unit name "${unit}"`);
    refuseExtra(call.args, 2);
    if (relation !== undefined && !/^[0-9]+$/.test(String(relation)))
      throw usageError(`relation ID "${relation}" not valid`);
    const { state, reason } = await call.client.call(
      'fire',
      {
        event,
        unit,
        ...(relation !== undefined && { relation: Number(relation) }),
        ...(typeof remoteUnit === 'string' && { remoteUnit }),
        ...(typeof check === 'string' && { check }),
        waitMs: typeof wait === 'string' ? parseDuration(wait, 'wait') : 60_000,
      },
      { signal: call.signal },
    );
    if (state === 'failed') throw new Failure(`${reason} (see charmlet debug-log; charmlet resolved ${unit})`);
    if (state === 'waiting')
      throw new Failure(`the event waits until the unit is told: ${reason || 'other hooks take longer'}`);
    return 0;
  },
};
