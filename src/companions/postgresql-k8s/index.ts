import type { Companion } from '../../controller/companion.ts';
import { statusSet } from '../../hookcmds/index.ts';
import { runAction } from './actions.ts';
import { actions, config, metadata } from './charm-files.ts';
import { obtainPrograms, programNeeds } from './obtain-programs.ts';
import { foreignHolder, portTaken, reconcile } from './reconcile.ts';
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
    return holder ? [portTaken(settings, holder, unit.name.split('/')[0]!)] : [];
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
