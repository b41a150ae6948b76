import { usageError } from './failure.ts';

/** The one local model, under the names Juju's client shows. */
export const controllerName = 'charmlet';
export const modelName = 'default';
export const modelPath = `${controllerName}:admin/${modelName}`;

/** Accepts every way to name the local model, and refuses the rest in Juju's words. */
export function checkModel(given: string): void {
  const owned = [modelName, `admin/${modelName}`];
  if ([...owned, ...owned.map((name) => `${controllerName}:${name}`), `${controllerName}:`].includes(given)) return;
  const [controller, model] = given.includes(':') ? given.split(':', 2) : [controllerName, given];
  if (controller !== controllerName)
    throw usageError(`controller ${controller} not found (there is one, ${controllerName})`);
  throw usageError(
    `model ${controllerName}:${model?.includes('/') ? model : `admin/${model}`} not found (there is one, ${modelPath})`,
  );
}
