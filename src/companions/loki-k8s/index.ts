import type { Companion } from '../../controller/companion.ts';
import { actionFail } from '../../hookcmds/index.ts';
import { handleEvent } from '../handle-event.ts';
import { actions, config, metadata } from './charm-files.ts';
import { logServerNeeds, logServerOf, obtainLogServer } from './log-server.ts';
import { chooseLokiPort, reconcile, standIn } from './reconcile.ts';
import { settingsFrom } from './settings.ts';

/** `loki-k8s`: a real log server on this machine, on 127.0.0.1 only: Loki, or VictoriaLogs where there is no Loki to be had. */
export const lokiK8s: Companion = {
  metadata,
  config,
  actions,
  needs: logServerNeeds,
  prepare: obtainLogServer,
  async announce(unit) {
    const { settings, problems } = settingsFrom(unit.config);
    if (problems.length > 0) return problems;
    const chosen = await chooseLokiPort(unit, settings);
    if (chosen.port === undefined) return [chosen.problem];
    const url = `http://127.0.0.1:${chosen.port}`;
    const server = await logServerOf(unit.dataDir, unit.places).catch(() => undefined);
    const notes = [server && standIn(server, url), chosen.note].filter(Boolean);
    return [`Loki: ${url}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`];
  },
  handle: handleEvent({ runAction: ({ name }, tools) => actionFail(tools, `there is no action "${name}"`), reconcile }),
};
