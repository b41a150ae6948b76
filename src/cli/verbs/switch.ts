import { Failure, refuseExtra } from '../failure.ts';
import { controllerName, currentModel, modelPath } from '../model.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '[[<controller>:]<model>]',
  purpose: 'Choose the model that commands are for, or show which it is.',
  details: `
What -m or the variable JUJU_MODEL names comes before it.`,
  examples: ['switch', 'switch cos', 'switch charmlet:admin/default'],
  async run(call) {
    const [model] = call.args;
    refuseExtra(call.args, 1);
    const overriding = call.env.JUJU_MODEL;
    if (overriding && model !== undefined)
      throw new Failure(`cannot switch when JUJU_MODEL is overriding the model (set to ${JSON.stringify(overriding)})`);
    if (overriding) {
      call.out(`${modelPath(await currentModel(call))}\n`);
      return 0;
    }
    const { from, to } = await call.client
      .call('switchModel', model === undefined ? {} : { to: model })
      .catch((error: unknown) => {
        if (!(error instanceof Failure) || !error.message.includes('not found')) throw error;
        throw new Failure(
          `cannot resolve target "${model}": it is not the name of a model or controller (see charmlet models)`,
          error.exitCode,
        );
      });
    const path = (name: string | undefined): string => (name === undefined ? controllerName : modelPath(name));
    if (model === undefined) call.out(`${path(to)}\n`);
    else call.info(from === to ? `${path(to)} (no change)` : `${path(from)} -> ${path(to)}`);
    return 0;
  },
};
