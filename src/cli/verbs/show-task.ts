import { forever, parseDuration } from '../duration.ts';
import { refuseExtra, usageError } from '../failure.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { plainTask, taskBody } from '../tasks/render.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<task>',
  purpose: 'Show the result of a task.',
  options(command) {
    formatOptions(command, 'plain', ['json', 'yaml']);
    command
      .option('--wait <duration>', 'wait so long for the result')
      .option('--watch', 'wait for the result however long it takes')
      .option('--utc', 'show times in UTC');
  },
  async run(call) {
    const [id] = call.args;
    if (id === undefined) throw usageError('no task ID specified');
    refuseExtra(call.args, 1);
    if (call.options.watch && call.options.wait) throw usageError('specify either --watch or --wait but not both');
    const waitMs = call.options.watch
      ? forever
      : typeof call.options.wait === 'string'
        ? parseDuration(call.options.wait, 'wait')
        : 0;
    const task = await call.client.call('showTask', { id, waitMs }, { signal: call.signal });
    await writeFormatted<unknown>(call, taskBody(task, true), { plain: () => plainTask(task) });
    return 0;
  },
};
