import type { Verb } from './verb.ts';

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly verb: Verb }>;
  /** Left out of the list that `help` prints. */
  readonly hidden?: boolean;
}

/** Every verb; a verb's file is imported only when it runs. */
export const verbs: Readonly<Record<string, Entry>> = {
  actions: { summary: 'List the actions of an application', load: () => import('./verbs/actions.ts') },
  'attach-resource': {
    summary: 'Give an application another resource',
    load: () => import('./verbs/attach-resource.ts'),
  },
  'cancel-task': { summary: 'Cancel a pending or running task', load: () => import('./verbs/cancel-task.ts') },
  config: { summary: "Get, set or reset an application's options", load: () => import('./verbs/config.ts') },
  'debug-log': { summary: 'Show the log of the model', load: () => import('./verbs/debug-log.ts') },
  demo: { summary: 'Start everything and run a workflow, step by step', load: () => import('./verbs/demo.ts') },
  deploy: { summary: 'Deploy an application', load: () => import('./verbs/deploy.ts') },
  'destroy-model': { summary: 'Remove every application of the model', load: () => import('./verbs/destroy-model.ts') },
  exec: { summary: "Run a command in a unit's charm environment", load: () => import('./verbs/exec.ts') },
  help: { summary: 'Show help on a verb', load: () => import('./verbs/help.ts') },
  'kill-controller': {
    summary: 'End everything and remove the data',
    load: () => import('./verbs/kill-controller.ts'),
  },
  'model-config': { summary: "Get, set or reset the model's settings", load: () => import('./verbs/model-config.ts') },
  models: { summary: 'List the models', load: () => import('./verbs/models.ts') },
  operations: { summary: 'List operations', load: () => import('./verbs/operations.ts') },
  refresh: { summary: "Renew an application's charm", load: () => import('./verbs/refresh.ts') },
  'remove-application': { summary: 'Remove applications', load: () => import('./verbs/remove-application.ts') },
  resolved: { summary: 'Go on after a failed hook', load: () => import('./verbs/resolved.ts') },
  resources: { summary: 'List the resources of an application', load: () => import('./verbs/resources.ts') },
  run: { summary: 'Run an action on units', load: () => import('./verbs/run.ts') },
  'show-action': { summary: 'Show what an action does and takes', load: () => import('./verbs/show-action.ts') },
  'show-operation': { summary: 'Show the results of an operation', load: () => import('./verbs/show-operation.ts') },
  'show-task': { summary: 'Show the result of a task', load: () => import('./verbs/show-task.ts') },
  'show-unit': { summary: 'Show what is known of units', load: () => import('./verbs/show-unit.ts') },
  ssh: { summary: "Run a command or a shell inside a unit's container", load: () => import('./verbs/ssh.ts') },
  status: { summary: 'Show the state of the model', load: () => import('./verbs/status.ts') },
  stop: { summary: 'End every process, keep the data', load: () => import('./verbs/stop.ts') },
  switch: { summary: 'Show the current model', load: () => import('./verbs/switch.ts') },
  version: { summary: 'Print the version', load: () => import('./verbs/version.ts') },
  'wait-for': {
    summary: 'Wait until an application, unit or model is as wanted',
    load: () => import('./verbs/wait-for.ts'),
  },
};

/** Other names that Juju's client takes. */
export const aliases: Readonly<Record<string, string>> = {
  'list-actions': 'actions',
  'list-models': 'models',
  'list-operations': 'operations',
  'list-resources': 'resources',
  'show-status': 'status',
  attach: 'attach-resource',
  resolve: 'resolved',
};

/** Juju's verbs that are not here, or not yet; told apart from a slip of the keyboard. */
export const jujuVerbs: ReadonlySet<string> = new Set(
  `add-cloud add-credential add-k8s add-machine add-model add-secret add-secret-backend add-space add-ssh-key add-storage add-unit add-user
   agree attach-storage bind bootstrap change-user-password clouds constraints consume controller-config controllers
   create-backup create-storage-pool credentials dashboard debug-code debug-hook debug-hooks default-credential default-region
   destroy-controller detach-storage diff-bundle disable-command disable-user documentation download download-backup enable-command
   enable-destroy-controller enable-ha enable-user export-bundle expose find find-offers firewall-rules grant grant-cloud grant-secret
   help-action-commands help-hook-commands import-filesystem import-ssh-key info integrate list-secrets login logout machines migrate
   model-constraints model-defaults model-secret-backend move-to-space offer offers payloads regions register relate reload-spaces
   remove-cloud remove-credential remove-machine remove-offer remove-relation remove-saas remove-secret remove-secret-backend
   remove-space remove-ssh-key remove-storage remove-storage-pool remove-unit remove-user rename-space resume-relation retry-provisioning
   revoke revoke-cloud revoke-secret scale-application scp secret-backends secrets set-application-base set-constraints
   set-credential set-default-credentials set-default-region set-firewall-rule set-meter-status set-model-constraints show-application
   show-cloud show-controller show-credential show-machine show-model show-offer show-secret show-secret-backend show-space
   show-status-log show-storage show-user spaces ssh-keys storage storage-pools subnets suspend-relation sync-agent-binary trust
   unexpose unregister update-cloud update-credential update-k8s update-public-clouds update-secret update-secret-backend
   update-storage-pool upgrade-controller upgrade-model users whoami`.split(/\s+/),
);
