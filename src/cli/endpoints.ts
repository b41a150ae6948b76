import { usageError } from './failure.ts';
import { isApplicationName } from './names.ts';

/** Two words `<application>[:<endpoint>]`, refused in Juju's words when they are something else. */
export function twoEndpoints(words: readonly string[]): [string, string] {
  for (const word of words) {
    if (/^[^:]*[/.]/.test(word))
      throw usageError(
        `cannot relate to "${word}": there is one model, and no offers (an application, or application:endpoint)`,
      );
    const [application = '', endpoint, ...more] = word.split(':');
    if (
      more.length > 0 ||
      application === '' ||
      (endpoint !== undefined && !/^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/.test(endpoint))
    )
      throw usageError(`endpoint "${word}" not valid`);
    if (!isApplicationName(application)) throw usageError(`application name "${application}" not valid`);
  }
  return [words[0] ?? '', words[1] ?? ''];
}
