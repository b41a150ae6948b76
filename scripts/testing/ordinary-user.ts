import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestUser {
  readonly uid: number;
  readonly gid: number;
  readonly env: NodeJS.ProcessEnv;
  /** A checkout that this user can read: the one we stand in, or a copy of it. */
  readonly checkout: string;
}

const ordinary = 1000;

/**
 * Who runs the tests that start real processes: whoever called us or, when that is root, uid 1000, because users are
 * not root. What is built for tests (servers, bundles) goes to that user's cache, outside the checkout, and is found
 * again by the next run.
 */
export function testUser(checkout: string): TestUser {
  const uid = process.getuid?.() ?? ordinary;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? uid, env: process.env, checkout };
  const home = join('/var/tmp', `charmlet-test-${ordinary}`);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chownSync(home, ordinary, ordinary);
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, USER: `uid${ordinary}`, LOGNAME: `uid${ordinary}` };
  // Root's own directories are closed to the user: leave out what points into them.
  for (const name of ['XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'XDG_DATA_HOME', 'GOPATH', 'GOCACHE', 'PYENV_ROOT'])
    delete env[name];
  const rootHome = `${process.env.HOME ?? '/root'}/`;
  env.PATH = (process.env.PATH ?? '')
    .split(':')
    .filter((entry) => entry !== '' && !entry.startsWith(rootHome))
    .join(':');
  const user = { uid: ordinary, gid: ordinary, env };
  const readable = spawnSync(process.execPath, ['-e', ''], { ...user, cwd: checkout }).status === 0;
  return { ...user, checkout: readable ? checkout : copyOf(checkout) };
}

function copyOf(checkout: string): string {
  const parent = mkdtempSync(join(tmpdir(), 'charmlet-checkout-'));
  chownSync(parent, ordinary, ordinary);
  execFileSync('cp', ['-a', '--reflink=auto', checkout, join(parent, 'checkout')]);
  console.log('The checkout is closed to uid 1000: its tests run in a copy.');
  return join(parent, 'checkout');
}
