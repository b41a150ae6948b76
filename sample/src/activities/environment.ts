import { ApplicationFailure } from '@temporalio/activity';

/** What the charm and Vault's own client are told is between them and the worker. */
const reserved = /^(TWC|TEMPORAL|VAULT)_/;

/**
 * The values of variables of your own, null for one that is not set: shows that what the option `environment` says has
 * arrived. The answer stands in the workflow's history, so do not serve this where others may start workflows.
 */
export async function readVariables(names: readonly string[]): Promise<Record<string, string | null>> {
  const refused = names.filter((name) => reserved.test(name));
  if (refused.length > 0) {
    const why = `cannot tell ${refused.join(', ')} (a name that does not begin with TWC_, TEMPORAL_ or VAULT_)`;
    throw ApplicationFailure.nonRetryable(why, 'ReservedName');
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? null]));
}
