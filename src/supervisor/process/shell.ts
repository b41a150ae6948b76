import { existsSync } from 'node:fs';

const bash = '/bin/bash';

/**
 * The shell that runs our own scripts on the way to a command with this environment. Dash, which is `/bin/sh` on Debian
 * and Ubuntu, drops variables whose names are no identifiers, such as `key3-example`, from what it runs; bash hands them
 * on. Where there is no bash they are lost. `-p`: bash takes no functions or options from the environment.
 */
export function shellFor(env: Readonly<Record<string, string>>): readonly string[] {
  const plain = Object.keys(env).every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  return plain || !existsSync(bash) ? ['/bin/sh'] : [bash, '--posix', '-p'];
}
