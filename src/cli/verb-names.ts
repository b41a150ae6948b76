/** Every verb with the line that `help` prints of it. */
export const summaries = {
  actions: 'List the actions of an application',
  'add-model': 'Add a model',
  'add-secret': 'Add a secret',
  'add-unit': 'Add units to an application',
  'attach-resource': 'Give an application another resource',
  'cancel-task': 'Cancel a pending or running task',
  capture: "Show everything that a unit's charm can see",
  config: "Get, set or reset an application's options",
  consume: 'Add what another model offers',
  dashboard: 'Draw the dashboards of the model as a web page',
  'debug-log': 'Show the log of the model',
  demo: 'Start everything and run a workflow, step by step',
  deploy: 'Deploy an application',
  'destroy-model': 'Remove a model',
  env: "Show the environment of a unit's worker",
  exec: "Run a command in a unit's charm environment",
  'find-offers': 'Find offers in all models',
  fire: 'Have a unit told an event now',
  'grant-secret': 'Let applications read a secret',
  help: 'Show help on a verb',
  integrate: 'Relate two applications',
  'kill-controller': 'End everything and remove the data',
  lint: 'Look for mistakes in a charm',
  'model-config': "Get, set or reset the model's settings",
  models: 'List the models',
  offer: 'Offer endpoints to other models',
  offers: 'List the offers of the model',
  operations: 'List operations',
  pebble: "Run a workload's daemon by itself, or a command against one",
  refresh: "Renew an application's charm",
  'remove-application': 'Remove applications',
  'remove-offer': 'Remove offers',
  'remove-relation': 'Remove a relation',
  'remove-saas': 'Remove what is consumed of other models',
  'remove-secret': 'Remove a secret',
  'remove-unit': 'Remove units of an application',
  resolved: 'Go on after a failed hook',
  resources: 'List the resources of an application',
  'revoke-secret': 'Let applications no longer read a secret',
  run: 'Run an action on units',
  'scale-application': 'Set how many units an application has',
  secrets: 'List the secrets',
  'show-action': 'Show what an action does and takes',
  'show-controller': 'Show the controller and where its metrics are',
  'show-model': 'Show what is known of a model',
  'show-offer': 'Show what an offer offers',
  'show-operation': 'Show the results of an operation',
  'show-secret': 'Show a secret',
  'show-task': 'Show the result of a task',
  'show-unit': 'Show what is known of units',
  ssh: "Run a command or a shell inside a unit's container",
  status: 'Show the state of the model',
  stop: 'End every process, keep the data',
  switch: 'Choose the model that commands are for',
  'update-secret': 'Update a secret',
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
  'list-offers': 'offers',
  'remove-consumed-application': 'remove-saas',
  'list-operations': 'operations',
  'list-resources': 'resources',
  'list-secrets': 'secrets',
  'show-status': 'status',
  attach: 'attach-resource',
  relate: 'integrate',
  resolve: 'resolved',
};

/** Juju's verbs that are not here, or not yet; told apart from a slip of the keyboard. */
export const jujuVerbs: ReadonlySet<string> = new Set(
  `add-cloud add-credential add-k8s add-machine add-secret-backend add-space add-ssh-key add-storage add-user
   agree attach-storage bind bootstrap change-user-password clouds constraints controller-config controllers
   create-backup create-storage-pool credentials debug-code debug-hook debug-hooks default-credential default-region
   destroy-controller detach-storage diff-bundle disable-command disable-user documentation download download-backup enable-command
   enable-destroy-controller enable-ha enable-user export-bundle expose find firewall-rules grant grant-cloud
   help-action-commands help-hook-commands import-filesystem import-ssh-key info login logout machines migrate
   model-constraints model-defaults model-secret-backend move-to-space payloads regions register reload-spaces
   remove-cloud remove-credential remove-machine remove-secret-backend
   remove-space remove-ssh-key remove-storage remove-storage-pool remove-user rename-space resume-relation retry-provisioning
   revoke revoke-cloud scp secret-backends set-application-base set-constraints
   set-credential set-default-credentials set-default-region set-firewall-rule set-meter-status set-model-constraints show-application
   show-cloud show-credential show-machine show-secret-backend show-space
   show-status-log show-storage show-user spaces ssh-keys storage storage-pools subnets suspend-relation sync-agent-binary trust
   unexpose unregister update-cloud update-credential update-k8s update-public-clouds update-secret-backend
   update-storage-pool upgrade-controller upgrade-model users whoami`.split(/\s+/),
);

/** What does the work of some of them here, and of those that Juju 3 has given other names. */
export const insteadOf: Readonly<Record<string, string>> = {
  'add-k8s': 'there is one cloud, this machine',
  'add-relation': 'use "charmlet integrate"',
  bootstrap: 'the controller starts by itself with the first command that needs it',
  clouds: 'there is one, this machine',
  controllers: 'there is one, see "charmlet show-controller"',
  'destroy-controller': 'use "charmlet kill-controller"',
  'run-action': 'use "charmlet run"',
  scp: 'use "charmlet ssh", for example: charmlet ssh --container <container> <unit> cat <file>',
  'show-action-output': 'use "charmlet show-task"',
  'show-action-status': 'use "charmlet operations"',
  'show-application': 'use "charmlet status <application> --format yaml" and "charmlet config <application>"',
  'show-status-log': 'use "charmlet debug-log --replay --no-tail --include <unit>"',
  'show-storage': 'use "charmlet status --storage"',
  storage: 'use "charmlet status --storage"',
  trust: 'use "charmlet config <application> trust=true"',
  'upgrade-charm': 'use "charmlet refresh"',
  whoami: 'see "charmlet show-controller"',
};
