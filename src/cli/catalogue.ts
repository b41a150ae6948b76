import type { Verb } from './verb.ts';
import type { VerbName } from './verb-names.ts';

/** Where each verb is; its file is imported only when it runs. */
const loaders: Readonly<Record<VerbName, () => Promise<{ readonly verb: Verb }>>> = {
  actions: () => import('./verbs/actions.ts'),
  'add-secret': () => import('./verbs/add-secret.ts'),
  'add-unit': () => import('./verbs/add-unit.ts'),
  'attach-resource': () => import('./verbs/attach-resource.ts'),
  'cancel-task': () => import('./verbs/cancel-task.ts'),
  config: () => import('./verbs/config.ts'),
  'debug-log': () => import('./verbs/debug-log.ts'),
  demo: () => import('./verbs/demo.ts'),
  deploy: () => import('./verbs/deploy.ts'),
  'destroy-model': () => import('./verbs/destroy-model.ts'),
  exec: () => import('./verbs/exec.ts'),
  fire: () => import('./verbs/fire.ts'),
  'grant-secret': () => import('./verbs/grant-secret.ts'),
  help: () => import('./verbs/help.ts'),
  integrate: () => import('./verbs/integrate.ts'),
  'kill-controller': () => import('./verbs/kill-controller.ts'),
  lint: () => import('./verbs/lint.ts'),
  'model-config': () => import('./verbs/model-config.ts'),
  models: () => import('./verbs/models.ts'),
  operations: () => import('./verbs/operations.ts'),
  pebble: () => import('./verbs/pebble.ts'),
  refresh: () => import('./verbs/refresh.ts'),
  'remove-application': () => import('./verbs/remove-application.ts'),
  'remove-relation': () => import('./verbs/remove-relation.ts'),
  'remove-secret': () => import('./verbs/remove-secret.ts'),
  'remove-unit': () => import('./verbs/remove-unit.ts'),
  resolved: () => import('./verbs/resolved.ts'),
  resources: () => import('./verbs/resources.ts'),
  'revoke-secret': () => import('./verbs/revoke-secret.ts'),
  run: () => import('./verbs/run.ts'),
  'scale-application': () => import('./verbs/scale-application.ts'),
  secrets: () => import('./verbs/secrets.ts'),
  'show-action': () => import('./verbs/show-action.ts'),
  'show-operation': () => import('./verbs/show-operation.ts'),
  'show-secret': () => import('./verbs/show-secret.ts'),
  'show-task': () => import('./verbs/show-task.ts'),
  'show-unit': () => import('./verbs/show-unit.ts'),
  ssh: () => import('./verbs/ssh.ts'),
  status: () => import('./verbs/status.ts'),
  stop: () => import('./verbs/stop.ts'),
  switch: () => import('./verbs/switch.ts'),
  'update-secret': () => import('./verbs/update-secret.ts'),
  version: () => import('./verbs/version.ts'),
  'wait-for': () => import('./verbs/wait-for.ts'),
};

export async function loadVerb(name: VerbName): Promise<Verb> {
  return (await loaders[name]()).verb;
}
