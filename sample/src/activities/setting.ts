import { ApplicationFailure } from '@temporalio/activity';

/** A variable that an activity cannot do without. Throws what no further attempt heals. */
export function setting(name: string, remedy: string): string {
  const value = process.env[name];
  if (value) return value;
  throw ApplicationFailure.nonRetryable(`${name} is not set (${remedy})`, 'MissingSetting');
}
