import type { Companion } from '../../controller/companion.ts';
import { statusSet } from '../../hookcmds/index.ts';
import { binaryNeeds, obtainBinary } from '../binary.ts';
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
  async handle(event, tools, unit) {
    if (event.action) return runAction(event.action, tools, unit);
    if (event.hook === 'stop' || event.hook === 'remove') {
      return statusSet(tools, { name: 'maintenance', message: '' });
    }
    const { relation } = event;
    const isBroken = relation && event.hook.endsWith('-relation-broken');
    await reconcile(tools, unit, isBroken ? `${relation.endpoint}:${relation.id}` : undefined);
  },
};
