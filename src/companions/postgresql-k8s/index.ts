import type { Companion } from '../../controller/companion.ts';
import { handleEvent } from '../handle-event.ts';
import { foreignHolder, portTaken } from '../port-holder.ts';
import { runAction } from './actions.ts';
import { actions, config, metadata } from './charm-files.ts';
import { obtainPrograms, programNeeds } from './obtain-programs.ts';
import { reconcile } from './reconcile.ts';
import { settingsFrom } from './settings.ts';

/** `postgresql-k8s`: a real PostgreSQL server on this machine, with TLS, on 127.0.0.1 only. */
export const postgresqlK8s: Companion = {
  metadata,
  config,
  actions,
  needs: (places) => programNeeds(places),
  async prepare(places, say, signal) {
    await obtainPrograms({ places }, say, signal);
  },
  async announce(unit) {
    const { settings, problems } = settingsFrom(unit.config);
    if (problems.length > 0) return problems;
    const holder = await foreignHolder(settings.port, unit.dataDir);
    return holder ? [portTaken(settings.port, holder, unit.name.split('/')[0]!)] : [];
  },
  handle: handleEvent({ runAction, reconcile }),
};
