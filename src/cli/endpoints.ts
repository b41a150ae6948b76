import { usageError } from './failure.ts';
import { isApplicationName } from './names.ts';

/** `[<controller>:][<user>/]<model>.<offer>[:<endpoint>]`. */
const offerUrl = /^([^:/.]+:)?([^:/.]+\/)?[a-z0-9]+[a-z0-9-]*\.[a-z][a-z0-9-]*(:[^:]+)?$/;

/** Two words `<application>[:<endpoint>]`, of which one may be an offer's URL; refused in Juju's words when they are something else. */
export function twoEndpoints(words: readonly string[]): [string, string] {
  for (const word of words) {
    if (offerUrl.test(word)) continue;
    const [application = '', endpoint, ...more] = word.split(':');
    if (
      more.length > 0 ||
      application === '' ||
      (endpoint !== undefined && !/^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/.test(endpoint))
    )
      throw usageError(`endpoint "${word}" not valid`);
    if (!isApplicationName(application)) throw usageError(`application name "${application}" not valid`);
  }
  if (words.every((word) => offerUrl.test(word)))
    throw usageError('cannot relate two offers: one side is an application of this model');
  return [words[0] ?? '', words[1] ?? ''];
}
