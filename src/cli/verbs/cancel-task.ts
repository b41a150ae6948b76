import { usageError } from '../failure.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { taskBody } from '../tasks/render.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<task> [<task> ...]',
  purpose: 'Cancel pending or running tasks.',
  options(command) {
    formatOptions(command, 'yaml', ['json']);
  },
  async run(call) {
    if (call.args.length === 0) throw usageError('no task IDs specified');
    const tasks: Record<string, unknown> = {};
    for (const id of call.args) tasks[id] = taskBody(await call.client.call('cancelTask', { id }), true);
    await writeFormatted(call, tasks, {});
    return 0;
  },
};
