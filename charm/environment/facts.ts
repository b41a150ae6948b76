import { workerIdentity } from '../identity.ts';
import type { Inputs } from '../inputs.ts';
import type { Facts } from '../types.ts';
import type { EnvironmentFacts } from './environment.ts';

/** What the worker's environment is made of. */
export function environmentFacts(facts: Facts, inputs: Inputs): EnvironmentFacts {
  const { config, settings, byHand, auth, connection, databaseVariables, hostSource } = inputs;
  const { proxies, memory } = facts;
  const identity = workerIdentity(facts);
  const address = memory.address ?? '';
  return { config, settings, proxies, identity, address, connection, databaseVariables, hostSource, byHand, auth };
}
