import { controllerName, modelOwner } from './context.ts';
import { UserError } from './errors.ts';

/** Where an offer is: `[<controller>:][<user>/]<model>.<offer>[:<endpoint>]`. */
export interface OfferUrl {
  /** Empty when none was given. */
  readonly controller: string;
  readonly owner: string;
  readonly model: string;
  readonly name: string;
  /** Empty when none was given. */
  readonly endpoint: string;
}

const form =
  /^(?:(?<controller>[^:/.]+):)?(?:(?<owner>[^:/.]+)\/)?(?<model>[a-z0-9]+[a-z0-9-]*)\.(?<name>[a-z][a-z0-9-]*)(?::(?<endpoint>[^:]+))?$/;

/** Undefined for what is none, such as an application's name. */
export function parseOfferUrl(text: string): OfferUrl | undefined {
  const found = form.exec(text)?.groups;
  return (
    found && {
      controller: found.controller ?? '',
      owner: found.owner ?? modelOwner,
      model: found.model ?? '',
      name: found.name ?? '',
      endpoint: found.endpoint ?? '',
    }
  );
}

/** The same, for a text that has to be one. */
export function needOfferUrl(text: string): OfferUrl {
  const url = parseOfferUrl(text);
  if (!url)
    throw new UserError(
      `offer URL has invalid form, must be [<source>:][<qualifier>]<model>.<offername>: ${JSON.stringify(text)}`,
    );
  if (url.controller !== '' && url.controller !== controllerName)
    throw new UserError(`controller ${url.controller} not found (there is one, ${controllerName})`);
  return url;
}
