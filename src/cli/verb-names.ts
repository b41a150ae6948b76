/** Every verb with the line that `help` prints of it. */
export const summaries = {
  actions: 'List the actions of an application',
  'attach-resource': 'Give an application another resource',
  'cancel-task': 'Cancel a pending or running task',
  config: "Get, set or reset an application's options",
  'debug-log': 'Show the log of the model',
  demo: 'Start everything and run a workflow, step by step',
  deploy: 'Deploy an application',
  'destroy-model': 'Remove every application of the model',
  exec: "Run a command in a unit's charm environment",
  help: 'Show help on a verb',
  'kill-controller': 'End everything and remove the data',
  'model-config': "Get, set or reset the model's settings",
  models: 'List the models',
  operations: 'List operations',
  refresh: "Renew an application's charm",
  'remove-application': 'Remove applications',
  resolved: 'Go on after a failed hook',
  resources: 'List the resources of an application',
  run: 'Run an action on units',
  'show-action': 'Show what an action does and takes',
  'show-operation': 'Show the results of an operation',
  'show-task': 'Show the result of a task',
  'show-unit': 'Show what is known of units',
  ssh: "Run a command or a shell inside a unit's container",
  status: 'Show the state of the model',
  stop: 'End every process, keep the data',
  switch: 'Show the current model',
  version: 'Print the version',
  'wait-for': 'Wait until an application, unit or model is as wanted',
} as const satisfies Record<string, string>;

export type VerbName = keyof typeof summaries;

/** Whether the word names a verb. */
export function isVerb(word: string): word is VerbName {
  return Object.hasOwn(summaries, word);
}

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
