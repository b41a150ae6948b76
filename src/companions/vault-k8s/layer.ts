import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { commandLine } from '../command-line.ts';
import { configFile } from './server-files.ts';
import type { VaultServer, VaultState } from './vault-api.ts';

export const service = 'vault';
export const stateCheck = 'vault-state';

export interface ServerFacts {
  readonly binary: string;
  readonly server: VaultServer;
}

/** The command line that Pebble runs, in Pebble's shell-like quoting. */
export function serverCommand({ binary, server }: ServerFacts): string {
  return commandLine([binary, 'server', `-config=${configFile(server)}`]);
}

/** The command of the check that ends well while Vault is in this state. */
export function checkCommand({ port, dataDir }: VaultServer, state: VaultState): string {
  const script = fileURLToPath(new URL('../../bin/check-vault-state.ts', import.meta.url));
  return commandLine([process.execPath, script, String(port), dataDir, state]);
}

/**
 * The Pebble layer: the server, and a check that turns every change of its state into an event. Vault writes the token
 * of a login into its home, and reads one from there.
 */
export function layer(facts: ServerFacts, state: VaultState): string {
  return stringify({
    summary: 'vault server',
    services: {
      [service]: {
        override: 'replace',
        summary: 'vault server',
        command: serverCommand(facts),
        startup: 'enabled',
        'kill-delay': '10s',
        environment: { HOME: facts.server.dataDir },
      },
    },
    checks: {
      [stateCheck]: {
        override: 'replace',
        // The user's own wishes for Node would make each of these starts three times as slow.
        exec: {
          command: checkCommand(facts.server, state),
          environment: { NODE_EXTRA_CA_CERTS: '', NODE_OPTIONS: '' },
        },
        period: '5s',
        timeout: '4s',
        threshold: 1,
      },
    },
  });
}
