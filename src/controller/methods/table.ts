import { deployablePart } from '../catalogue.ts';
import { type Context, contextOf, jujuVersion, version } from '../context.ts';
import type { Handlers } from '../server.ts';
import { capture } from './capture.ts';
import { chooseModel } from './choose-model.ts';
import * as config from './config.ts';
import * as consume from './consume.ts';
import { debugLog } from './debug-log.ts';
import { deploy } from './deploy.ts';
import { killController, stop } from './end.ts';
import { environment } from './environment.ts';
import { fire } from './fire.ts';
import { lint } from './lint.ts';
import * as models from './models.ts';
import * as offers from './offers.ts';
import type { Parts } from './parts.ts';
import { attachResource, refresh } from './refresh.ts';
import { integrate, removeRelation } from './relate.ts';
import { removeApplication } from './remove.ts';
import { resolved } from './resolved.ts';
import { resources } from './resources.ts';
import { scale } from './scale.ts';
import * as secrets from './secrets.ts';
import { showUnit } from './show-unit.ts';
import { readStatus } from './status.ts';
import * as tasks from './tasks.ts';
import { watch } from './watch.ts';
import { workload } from './workload.ts';

/** Every method of api.ts. */
export function apiMethods(parts: Parts): Handlers {
  const { shared, scheduler } = parts;
  const at = ({ model }: { readonly model: string | undefined }): Context =>
    contextOf(shared, chooseModel(shared.db, model));
  return {
    ping: () => ({
      version,
      jujuVersion,
      pid: process.pid,
      data: shared.paths.data,
      startedAt: parts.startedAt,
      ...(shared.metricsAddress && { metrics: shared.metricsAddress }),
    }),
    needs: async ({ charm }) => {
      const companion = await shared.companion(charm);
      const needs = await companion?.needs({ cache: shared.paths.cache, env: shared.env });
      return { needs: [...(needs ?? [])] };
    },
    bundle: ({ name }) => {
      const bundles = shared.catalogue.bundles ?? {};
      return { bundle: Object.hasOwn(bundles, name) ? deployablePart(shared.catalogue, bundles[name]!) : null };
    },
    deploy: (params, caller) => deploy(at(caller), params, caller),
    removeApplication: (params, caller) => removeApplication(at(caller), scheduler, params, caller),
    addModel: (params) => models.addModel(shared, params),
    models: () => models.models(shared),
    showModel: (_params, caller) => models.listing(at(caller).model),
    switchModel: (params) => models.switchModel(shared, params),
    destroyModel: (params, caller) => models.destroyModel(at(caller), parts, params, caller),
    configGet: ({ application }, caller) => config.configGet(at(caller), application),
    configSet: (params, caller) => config.configSet(at(caller), params),
    modelConfigGet: (_params, caller) => config.modelConfigGet(at(caller)),
    modelConfigSet: (params, caller) => config.modelConfigSet(at(caller), params),
    offer: (params, caller) => offers.offer(at(caller), params),
    offers: (_params, caller) => offers.offers(at(caller)),
    findOffers: (params) => offers.findOffers(shared, params),
    showOffer: (params, caller) => offers.showOffer(at(caller), params),
    removeOffer: (params, caller) => offers.removeOffer(at(caller), params),
    consume: (params, caller) => consume.consume(at(caller), params),
    removeSaas: (params, caller) => consume.removeSaas(at(caller), params),
    scale: (params, caller) => scale(at(caller), scheduler, params),
    integrate: (params, caller) => integrate(at(caller), params),
    removeRelation: (params, caller) => removeRelation(at(caller), params),
    fire: (params, caller) => fire(at(caller), params, caller.signal),
    capture: ({ unit }, caller) => capture(at(caller), unit),
    environment: (params, caller) => environment(at(caller), params, caller.signal),
    lint: (params) => lint(shared, params),
    status: ({ selectors }, caller) => readStatus(at(caller), selectors),
    watch: (_params, caller) => watch(shared, caller),
    showUnit: ({ units }, caller) => showUnit(at(caller), units),
    actions: ({ application }, caller) => tasks.actions(at(caller), application),
    run: (params, caller) => tasks.run(at(caller), params, caller),
    exec: (params, caller) => tasks.exec(at(caller), params, caller),
    showTask: (params, caller) => tasks.showTask(at(caller), params, caller.signal),
    showOperation: ({ id }, caller) => tasks.showOperation(at(caller), id),
    operations: (_params, caller) => tasks.operations(at(caller)),
    cancelTask: ({ id }, caller) => tasks.cancelTask(at(caller), scheduler, id),
    resolved: (params, caller) => resolved(at(caller), params),
    debugLog: (params, caller) => debugLog(at(caller), params, caller),
    workload: (params, caller) => workload(at(caller), params),
    resources: ({ application }, caller) => resources(at(caller), application),
    attachResource: (params, caller) => attachResource(at(caller), params, caller),
    refresh: (params, caller) => refresh(at(caller), params, caller),
    addSecret: (params, caller) => secrets.addUserSecret(at(caller), params),
    updateSecret: (params, caller) => secrets.updateUserSecret(at(caller), params),
    removeSecret: (params, caller) => secrets.removeUserSecret(at(caller), params),
    grantSecret: (params, caller) => secrets.grantUserSecret(at(caller), params),
    revokeSecret: (params, caller) => secrets.revokeUserSecret(at(caller), params),
    secrets: (params, caller) => secrets.listSecrets(at(caller), params),
    showSecret: (params, caller) => secrets.showSecret(at(caller), params),
    stop: (_params, caller) => stop(parts, caller),
    killController: (_params, caller) => killController(parts, caller),
  };
}
