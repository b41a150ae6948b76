import { controllerName, modelOwner } from '../context.ts';
import { UserError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { findModel, type Model, modelInFocus } from '../store/models.ts';

/** The model that a call is for: the one that is named as `[<controller>:][<user>/]<model>`, else the one in focus. */
export function chooseModel(db: Database, given: string | undefined): Model {
  const model =
    given === undefined || given === '' || given === `${controllerName}:` ? modelInFocus(db) : named(db, given);
  if (model) return model;
  throw new UserError(
    'No model in focus.\n\nPlease use "charmlet models" to see models available to you.\nYou can set current model by running "charmlet switch"\nor specify any other model on the command line using the "-m" option.\n',
  );
}

function named(db: Database, given: string): Model {
  const [, controller = controllerName, owner = modelOwner, name = ''] =
    /^(?:([^:]*):)?(?:([^/]*)\/)?(.*)$/s.exec(given) ?? [];
  if (controller !== controllerName)
    throw new UserError(`controller ${controller} not found (there is one, ${controllerName})`);
  const model = owner === modelOwner ? findModel(db, name) : undefined;
  if (!model) throw new UserError(`model ${controllerName}:${owner}/${name} not found (see charmlet models)`);
  return model;
}
