import { fileURLToPath } from 'node:url';
import type { FoundBinary } from '../binary.ts';
import { commandLine } from '../command-line.ts';
import type { ServerService } from '../server-service.ts';
import { configFile, ensureServerFiles } from './server-files.ts';
import type { VaultServer, VaultState } from './vault-api.ts';

export const service = 'vault';
export const stateCheck = 'vault-state';

export interface ServerFacts {
  readonly binary: FoundBinary;
  readonly server: VaultServer;
}

/** The command of the check that ends well while Vault is in this state. */
export function checkCommand({ port, dataDir }: VaultServer, state: VaultState): string {
  const script = fileURLToPath(new URL('../../bin/check-vault-state.ts', import.meta.url));
  return commandLine([process.execPath, script, String(port), dataDir, state]);
}

/**
 * The server as a service, and a check that turns every change of its state into an event. Vault writes the token of a
 * login into its home, and reads one from there.
 */
export function vaultService({ binary, server }: ServerFacts, state: VaultState): ServerService {
  return {
    name: service,
    argv: [binary.path, 'server', `-config=${configFile(server)}`],
    environment: { HOME: server.dataDir },
    killDelay: '10s',
    check: {
      name: stateCheck,
      // The user's own wishes for Node would make each of these starts three times as slow.
      exec: {
        command: checkCommand(server, state),
        environment: { NODE_EXTRA_CA_CERTS: '', NODE_OPTIONS: '' },
      },
      period: '5s',
      timeout: '4s',
    },
    version: binary.version,
    prepare: () => ensureServerFiles(server),
  };
}
