import type { Companion } from '../../controller/companion.ts';
import { binaryNeeds, obtainBinary } from '../binary.ts';
import { handleEvent } from '../handle-event.ts';
import { runAction } from './actions.ts';
import { actions, config, metadata } from './charm-files.ts';
import { prometheusBinary } from './prometheus-binary.ts';
import { choosePrometheusPort, reconcile } from './reconcile.ts';
import { settingsFrom } from './settings.ts';

/** `prometheus-k8s`: a real Prometheus server on this machine, on 127.0.0.1 only. */
export const prometheusK8s: Companion = {
  metadata,
  config,
  actions,
  needs: (places) => binaryNeeds(prometheusBinary, places),
  async prepare(places, say, signal) {
    await obtainBinary(prometheusBinary, { places, say, signal });
  },
  async announce(unit) {
    const { settings, problems } = settingsFrom(unit.config);
    if (problems.length > 0) return problems;
    const chosen = await choosePrometheusPort(unit, settings);
    if (chosen.port === undefined) return [chosen.problem];
    return [`Prometheus: http://127.0.0.1:${chosen.port}${chosen.note ? ` (${chosen.note})` : ''}`];
  },
  handle: handleEvent({ runAction, reconcile }),
};
