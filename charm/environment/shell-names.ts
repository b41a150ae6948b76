import type { EnvironmentEntries } from './entries.ts';

/** What every shell takes for the name of a variable. */
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A word on each name that may not reach the worker: Pebble hands it on, but dash, which is `/bin/sh` on Debian and
 * Ubuntu, leaves names that are no identifiers out of what it runs. Bash keeps them.
 */
export function shellWarnings({ env, juju, vault }: EnvironmentEntries): readonly string[] {
  const named = [
    ...env,
    ...juju.flatMap(({ at, single }) => (single === null ? [] : [{ at, name: single.name }])),
    ...vault,
  ];
  return named
    .filter(({ name }) => !identifier.test(name))
    .map(
      ({ at, name }) =>
        `${at}.name is ${JSON.stringify(name)}: a start script with #!/bin/sh may lose it, for dash drops names that are no identifiers (use #!/bin/bash, or letters, digits and _ alone)`,
    );
}
