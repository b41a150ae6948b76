import { refuseExtra, usageError } from './failure.ts';
import { isApplicationName } from './names.ts';

/**
 * The application that a verb is for: its first word. `accepted` is how many words the verb takes in all, `missing` what
 * Juju says when there is none.
 */
export function oneApplication(
  args: readonly string[],
  accepted = 1,
  missing = 'no application name specified',
): string {
  const [application] = args;
  if (application === undefined || application.includes('=')) throw usageError(missing);
  if (!isApplicationName(application)) throw usageError(`invalid application name "${application}"`);
  refuseExtra(args, accepted);
  return application;
}
