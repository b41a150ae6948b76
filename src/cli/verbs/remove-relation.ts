import { twoEndpoints } from '../endpoints.ts';
import { usageError } from '../failure.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application1>[:<endpoint1>] <application2>[:<endpoint2>] | <relation-id>',
  purpose: 'Remove an existing relation between two applications.',
  details: `
The units of both sides are told that the others have departed and that the relation is broken; after that it is gone. A unit
whose hook has failed keeps the relation until the error is resolved; with --force the relation is gone at once, and nobody is
told.`,
  examples: [
    'remove-relation temporal-worker-k8s postgresql-k8s',
    'remove-relation temporal-worker-k8s:database postgresql-k8s',
    'remove-relation 4 --force',
  ],
  options(command) {
    command
      .option('--force', 'remove the relation even if hooks fail')
      .option('--no-wait', 'with --force: do not wait');
  },
  async run(call) {
    const force = call.options.force === true;
    if (call.args.length !== 1 && call.args.length !== 2) throw usageError('a relation must involve two applications');
    if (call.options.wait === false && !force) throw usageError('--no-wait without --force not valid');
    const { messages } = await call.client.call('removeRelation', { force, ...relationOf(call.args) });
    for (const message of messages) call.info(message);
    return 0;
  },
};

function relationOf(words: readonly string[]): { id: number } | { endpoints: [string, string] } {
  if (words.length === 2) return { endpoints: twoEndpoints(words) };
  if (!/^[0-9]+$/.test(words[0] ?? '')) throw usageError(`relation ID "${words[0]}" not valid`);
  return { id: Number(words[0]) };
}
