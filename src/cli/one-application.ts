import { refuseExtra, usageError } from './failure.ts';
import { isApplicationName } from './names.ts';

/** The application that a verb is for: its first word. `accepted` is how many words the verb takes in all. */
export function oneApplication(args: readonly string[], accepted = 1): string {
  const [application] = args;
  if (application === undefined || application.includes('=')) throw usageError('no application name specified');
  if (!isApplicationName(application)) throw usageError(`invalid application name "${application}"`);
  refuseExtra(args, accepted);
  return application;
}
