import type { Companion } from '../../controller/companion.ts';
import { binaryNeeds, obtainBinary } from '../binary.ts';
import { handleEvent } from '../handle-event.ts';
import { foreignHolder, portTaken } from '../port-holder.ts';
import { runAction } from './actions.ts';
import { actions, config, metadata } from './charm-files.ts';
import { reconcile } from './reconcile.ts';
import { settingsFrom } from './settings.ts';
import { temporalBinary } from './temporal-binary.ts';
import { uiTaken } from './ui-taken.ts';

/** `temporal-k8s`: a real Temporal server on this machine, with a database file and the web UI, on 127.0.0.1 only. */
export const temporalK8s: Companion = {
  metadata,
  config,
  actions,
  needs: (places) => binaryNeeds(temporalBinary, places),
  async prepare(places, say, signal) {
    await obtainBinary(temporalBinary, { places, say, signal });
  },
  async announce(unit) {
    const { settings, problems } = settingsFrom(unit.config);
    const application = unit.name.split('/')[0]!;
    if (problems.length > 0) return problems;
    const [frontend, ui] = await Promise.all(
      [settings.port, settings.uiPort].map((port) => foreignHolder(port, unit.dataDir)),
    );
    if (frontend) return [portTaken(settings.port, frontend, application)];
    if (ui) return [uiTaken(settings, ui, application)];
    return [`Temporal Web UI: http://127.0.0.1:${settings.uiPort}`];
  },
  handle: handleEvent({ runAction, reconcile }),
};
