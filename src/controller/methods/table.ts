import { lintCharm } from '../charm/lint-charm.ts';
import { jujuVersion, version } from '../context.ts';
import type { Handlers } from '../server.ts';
import { capture } from './capture.ts';
import * as config from './config.ts';
import { debugLog } from './debug-log.ts';
import { deploy } from './deploy.ts';
import { killController, stop } from './end.ts';
import { environment } from './environment.ts';
import { fire } from './fire.ts';
import type { Parts } from './parts.ts';
import { attachResource, refresh } from './refresh.ts';
import { integrate, removeRelation } from './relate.ts';
import { destroyModel, removeApplication } from './remove.ts';
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
  const { context, scheduler } = parts;
  return {
    ping: () => ({
      version,
      jujuVersion,
      pid: process.pid,
      data: context.paths.data,
      startedAt: parts.startedAt,
      ...(context.metricsAddress && { metrics: context.metricsAddress }),
    }),
    needs: async ({ charm }) => {
      const companion = await context.companion(charm);
      const needs = await companion?.needs({ cache: context.paths.cache, env: context.env });
      return { needs: [...(needs ?? [])] };
    },
    deploy: (params, caller) => deploy(context, params, caller),
    removeApplication: (params, caller) => removeApplication(context, scheduler, params, caller),
    destroyModel: (params, caller) => destroyModel(context, parts, params, caller),
    configGet: ({ application }) => config.configGet(context, application),
    configSet: (params) => config.configSet(context, params),
    modelConfigGet: () => config.modelConfigGet(context),
    modelConfigSet: (params) => config.modelConfigSet(context, params),
    scale: (params) => scale(context, scheduler, params),
    integrate: (params) => integrate(context, params),
    removeRelation: (params) => removeRelation(context, params),
    fire: (params, caller) => fire(context, params, caller.signal),
    capture: ({ unit }) => capture(context, unit),
    environment: (params, caller) => environment(context, params, caller.signal),
    lint: async ({ directory }) => ({ findings: await lintCharm(directory) }),
    status: ({ selectors }) => readStatus(context, selectors),
    watch: (_params, caller) => watch(context, caller),
    showUnit: ({ units }) => showUnit(context, units),
    actions: ({ application }) => tasks.actions(context, application),
    run: (params, caller) => tasks.run(context, params, caller),
    exec: (params, caller) => tasks.exec(context, params, caller),
    showTask: (params, caller) => tasks.showTask(context, params, caller.signal),
    showOperation: ({ id }) => tasks.showOperation(context, id),
    operations: () => tasks.operations(context),
    cancelTask: ({ id }) => tasks.cancelTask(context, scheduler, id),
    resolved: (params) => resolved(context, params),
    debugLog: (params, caller) => debugLog(context, params, caller),
    workload: (params) => workload(context, params),
    resources: ({ application }) => resources(context, application),
    attachResource: (params, caller) => attachResource(parts, params, caller),
    refresh: (params, caller) => refresh(parts, params, caller),
    addSecret: (params) => secrets.addUserSecret(context, params),
    updateSecret: (params) => secrets.updateUserSecret(context, params),
    removeSecret: (params) => secrets.removeUserSecret(context, params),
    grantSecret: (params) => secrets.grantUserSecret(context, params),
    revokeSecret: (params) => secrets.revokeUserSecret(context, params),
    secrets: (params) => secrets.listSecrets(context, params),
    showSecret: (params) => secrets.showSecret(context, params),
    stop: (_params, caller) => stop(parts, caller),
    killController: (_params, caller) => killController(parts, caller),
  };
}
