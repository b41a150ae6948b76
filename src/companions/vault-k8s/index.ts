import { join } from 'node:path';
import type { Companion } from '../../controller/companion.ts';
import { binaryNeeds, obtainBinary } from '../binary.ts';
import { handleEvent } from '../handle-event.ts';
import { foreignHolder, portTaken } from '../port-holder.ts';
import { runAction } from './actions.ts';
import { actions, config, metadata } from './charm-files.ts';
import { reconcile } from './reconcile.ts';
import { settingsFrom } from './settings.ts';
import { authorityFile } from './vault-api.ts';
import { vaultBinary } from './vault-binary.ts';

/** `vault-k8s`: a real Vault server on this machine, over TLS with its own authority, on 127.0.0.1 only. */
export const vaultK8s: Companion = {
  metadata,
  config,
  actions,
  needs: (places) => binaryNeeds(vaultBinary, places),
  async prepare(places, say, signal) {
    await obtainBinary(vaultBinary, { places, say, signal });
  },
  async announce(unit) {
    const { settings, problems } = settingsFrom(unit.config);
    if (problems.length > 0) return problems;
    const { port, autoUnseal } = settings;
    const holder = await foreignHolder(port, unit.dataDir);
    if (holder) return [portTaken(port, holder, unit.name.split('/')[0]!)];
    const shell = [`VAULT_ADDR=https://127.0.0.1:${port}`, `VAULT_CACERT=${authorityFile(unit.dataDir)}`];
    const token = autoUnseal ? [`root token in ${join(unit.dataDir, 'root-token')}`] : [];
    return [`Vault: ${[shell.join(' '), ...token].join(' · ')}`];
  },
  handle: handleEvent({ runAction, reconcile }),
};
