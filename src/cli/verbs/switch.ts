import { refuseExtra, usageError } from '../failure.ts';
import { checkModel, controllerName, modelPath } from '../model.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[<model>]',
  purpose: 'Show the current model; there is one.',
  async run(call) {
    const [model] = call.args;
    refuseExtra(call.args, 1);
    if (model === undefined) {
      call.out(`${modelPath}\n`);
      return 0;
    }
    try {
      if (model !== controllerName) checkModel(model);
    } catch {
      throw usageError(
        `cannot resolve target "${model}": it is not the name of a model or controller (there is one, ${modelPath})`,
      );
    }
    call.info(`${modelPath} (no change)`);
    return 0;
  },
};
