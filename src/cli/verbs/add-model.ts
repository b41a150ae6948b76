import { refuseExtra, usageError } from '../failure.ts';
import { parseKeyValues } from '../key-values.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<model>',
  purpose: 'Add a model, and make it the one that commands are for.',
  details: `
Applications of two models share nothing: they may have the same name, and do not see each other. What one model offers, another
one can relate to (see offer).`,
  examples: ['add-model cos', 'add-model staging --no-switch --config update-status-hook-interval=1m'],
  options(command) {
    command
      .option(
        '--config <key=value>',
        'a setting of the model; may be repeated',
        (word: string, before: string[] = []) => [...before, word],
      )
      .option('--no-switch', 'stay in the present model');
  },
  async run(call) {
    const [name] = call.args;
    if (name === undefined) throw usageError('model name is required');
    refuseExtra(call.args, 1);
    const settings = parseKeyValues((call.options.config as string[] | undefined) ?? [], call.cwd);
    const focus = call.options.switch !== false;
    const { messages } = await call.client.call('addModel', { name, focus, settings });
    for (const message of messages) call.info(message);
    return 0;
  },
};
