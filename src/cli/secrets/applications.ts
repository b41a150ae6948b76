import { refuseExtra, usageError } from '../failure.ts';
import { isApplicationName } from '../names.ts';

/** Reads `<ID>|<name> <application>[,<application>...]`. */
export function secretAndApplications(args: readonly string[]): { secret: string; applications: string[] } {
  const [secret, list] = args;
  if (secret === undefined || list === undefined) throw usageError('missing secret URI or application name');
  refuseExtra(args, 2);
  const applications = list.split(',');
  const invalid = applications.find((name) => !isApplicationName(name));
  if (invalid !== undefined) throw usageError(`invalid application name "${invalid}"`);
  return { secret, applications };
}
