export { actionFail, actionGet, actionLog, actionSet } from './action.ts';
export { type ConfigValue, configGet } from './config.ts';
export { type GoalState, goalState, resourceGet } from './goal-state.ts';
export { HookCommandError } from './hook-command-error.ts';
export { isLeader } from './leader.ts';
export { jujuLog, type LogLevel } from './log.ts';
export { closePort, type NetworkInfo, networkGet, openedPorts, openPort } from './network.ts';
export { processRunner } from './process-runner.ts';
export { type Databag, relationGet, relationIds, relationList, relationRemoteApp, relationSet } from './relation.ts';
export type { HookCommandResult, HookCommandRunner } from './runner.ts';
export {
  type SecretContent,
  type SecretInfo,
  type SecretQuery,
  secretAdd,
  secretGet,
  secretGrant,
  secretIds,
  secretInfoGet,
  secretRemove,
  secretRevoke,
  secretSet,
} from './secret.ts';
export { stateDelete, stateGet, stateSet } from './state.ts';
export { applicationVersionSet, type StatusAnswer, type StatusName, statusGet, statusSet } from './status.ts';
export { storageGet, storageList } from './storage.ts';
