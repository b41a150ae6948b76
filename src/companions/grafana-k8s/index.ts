import type { Companion } from '../../controller/companion.ts';
import { binaryNeeds, obtainBinary } from '../binary.ts';
import { handleEvent } from '../handle-event.ts';
import { getAdminPassword } from './actions.ts';
import { actions, config, metadata } from './charm-files.ts';
import { findGrafana, grafanaBinary, without } from './grafana-binary.ts';
import { chooseGrafanaPort, reconcile } from './reconcile.ts';
import { settingsFrom } from './settings.ts';

/**
 * `grafana-k8s`: draws dashboards on this machine, on 127.0.0.1 only: by the real Grafana where it can be had, else by a
 * page of our own.
 */
export const grafanaK8s: Companion = {
  metadata,
  config,
  actions,
  async needs(places) {
    if (places.env[grafanaBinary.variable] === without) return [];
    const needs = await binaryNeeds(grafanaBinary, places);
    return needs.map((need) => ({
      ...need,
      what: `${need.what} (where it cannot be downloaded: a page of charmlet's own)`,
    }));
  },
  async prepare(places, say, signal) {
    // What the user names and cannot be used is an error; a download that fails is not.
    if (places.env[grafanaBinary.variable] !== undefined) return void (await findGrafana(places));
    try {
      await obtainBinary(grafanaBinary, { places, say, signal });
    } catch (error) {
      signal?.throwIfAborted();
      say(`${(error as Error).message}: charmlet's own page draws the dashboards instead`);
    }
  },
  async announce(unit) {
    const { settings, problems } = settingsFrom(unit.config);
    if (problems.length > 0) return problems;
    const chosen = await chooseGrafanaPort(unit, settings.port);
    if (chosen.port === undefined) return [chosen.problem];
    const password = `charmlet run ${unit.name} get-admin-password`;
    return [
      `Dashboards: http://127.0.0.1:${chosen.port}${chosen.note ? ` (${chosen.note})` : ''}; the password: ${password}`,
    ];
  },
  handle: handleEvent({ runAction: (_, tools, unit) => getAdminPassword(tools, unit), reconcile }),
};
