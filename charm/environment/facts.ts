import { workerIdentity } from '../identity.ts';
import type { Inputs } from '../inputs.ts';
import type { Facts } from '../types.ts';
import type { EnvironmentFacts } from './environment.ts';

/** What the worker's environment is made of. */
export function environmentFacts(facts: Facts, inputs: Inputs): EnvironmentFacts {
  const { config, settings, byHand, auth, connection, hostSource } = inputs;
  const { proxies, memory } = facts;
  const identity = workerIdentity(facts);
  return { config, settings, proxies, identity, address: memory.address ?? '', connection, hostSource, byHand, auth };
}
