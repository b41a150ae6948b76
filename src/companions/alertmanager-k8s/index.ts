import type { Companion } from '../../controller/companion.ts';
import { binaryNeeds, obtainBinary } from '../binary.ts';
import { handleEvent } from '../handle-event.ts';
import { runAction } from './actions.ts';
import { alertmanagerBinary } from './alertmanager-binary.ts';
import { actions, config, metadata } from './charm-files.ts';
import { chooseAlertmanagerPort, reconcile } from './reconcile.ts';

/** `alertmanager-k8s`: a real Alertmanager on this machine, on 127.0.0.1 only. */
export const alertmanagerK8s: Companion = {
  metadata,
  config,
  actions,
  needs: (places) => binaryNeeds(alertmanagerBinary, places),
  async prepare(places, say, signal) {
    await obtainBinary(alertmanagerBinary, { places, say, signal });
  },
  async announce(unit) {
    const chosen = await chooseAlertmanagerPort(unit);
    if (!('port' in chosen) || chosen.port === undefined) return [chosen.problem];
    return [`Alertmanager: http://127.0.0.1:${chosen.port}${chosen.note ? ` (${chosen.note})` : ''}`];
  },
  handle: handleEvent({ runAction, reconcile }),
};
