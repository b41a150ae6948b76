import type { HookEvent } from './event.ts';
import type { HookModel } from './model.ts';
import type { HookServer } from './server.ts';

/** Behind the hook commands on `PATH`; the controller's own `PATH` is not passed on, so that a charm runs the same for every user. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The whole environment of a dispatch, as Juju's `HookVars` makes it: what applies to no event is empty, what belongs
 * to another kind of event is missing. There is no HOME and no USER. `CHARM_CONTAINERS_DIR` is our own.
 */
export function hookEnvironment(options: {
  readonly model: HookModel;
  readonly unit: string;
  readonly event: HookEvent;
  readonly contextId: string;
  readonly charmDir: string;
  readonly containersDir: string;
  readonly jujuVersion: string;
  readonly server: Pick<HookServer, 'address' | 'toolsDir'>;
  readonly extra?: Readonly<Record<string, string>> | undefined;
}): Record<string, string> {
  const { model, unit, event, server } = options;
  const modelConfig = model.modelConfig();
  const setting = (key: string) => String(modelConfig[key] ?? '');
  return {
    ...options.extra,
    ...legacyProxies(setting),
    CHARM_CONTAINERS_DIR: options.containersDir,
    CHARM_DIR: options.charmDir,
    JUJU_CHARM_DIR: options.charmDir,
    JUJU_CONTEXT_ID: options.contextId,
    JUJU_HOOK_NAME: event.hook,
    JUJU_AGENT_SOCKET_ADDRESS: server.address,
    JUJU_AGENT_SOCKET_NETWORK: 'unix',
    JUJU_UNIT_NAME: unit,
    JUJU_MODEL_UUID: model.modelUuid,
    JUJU_MODEL_NAME: model.modelName,
    JUJU_API_ADDRESSES: '',
    JUJU_MACHINE_ID: '',
    JUJU_PRINCIPAL_UNIT: '',
    JUJU_AVAILABILITY_ZONE: '',
    JUJU_VERSION: options.jujuVersion,
    CLOUD_API_VERSION: '',
    JUJU_CHARM_HTTP_PROXY: setting('juju-http-proxy'),
    JUJU_CHARM_HTTPS_PROXY: setting('juju-https-proxy'),
    JUJU_CHARM_FTP_PROXY: setting('juju-ftp-proxy'),
    JUJU_CHARM_NO_PROXY: setting('juju-no-proxy'),
    ...(dispatchPath(event) === '' ? {} : { JUJU_DISPATCH_PATH: dispatchPath(event) }),
    ...eventVariables(event),
    PATH: `${server.toolsDir}:${systemPath}`,
    APT_LISTCHANGES_FRONTEND: 'none',
    DEBIAN_FRONTEND: 'noninteractive',
    LANG: 'C.UTF-8',
    TERM: 'tmux-256color',
  };
}

/** `hooks/<name>` or `actions/<name>`; empty for `exec`, which has none. */
export function dispatchPath(event: HookEvent): string {
  if (event.action) {
    return `actions/${event.action.name}`;
  }
  return event.exec ? '' : `hooks/${event.hook}`;
}

function eventVariables(event: HookEvent): Record<string, string> {
  const { relation, workload, secret, storage } = event;
  const task = event.action ?? (event.exec && { name: 'juju-exec', task: event.exec.task });
  return {
    ...(relation && {
      JUJU_RELATION: relation.endpoint,
      JUJU_RELATION_ID: `${relation.endpoint}:${relation.id}`,
      JUJU_REMOTE_UNIT: relation.remoteUnit,
      JUJU_REMOTE_APP: relation.remoteApp,
      ...(relation.departingUnit && { JUJU_DEPARTING_UNIT: relation.departingUnit }),
    }),
    ...(task && { JUJU_ACTION_NAME: task.name, JUJU_ACTION_UUID: task.task, JUJU_ACTION_TAG: `action-${task.task}` }),
    ...(workload && {
      JUJU_WORKLOAD_NAME: workload.container,
      ...(workload.notice && {
        JUJU_NOTICE_ID: workload.notice.id,
        JUJU_NOTICE_TYPE: workload.notice.type,
        JUJU_NOTICE_KEY: workload.notice.key,
      }),
      ...(workload.check && { JUJU_PEBBLE_CHECK_NAME: workload.check }),
    }),
    ...(secret && {
      JUJU_SECRET_ID: secret.uri,
      JUJU_SECRET_LABEL: secret.label,
      ...(secret.revision && { JUJU_SECRET_REVISION: String(secret.revision) }),
    }),
    ...(storage && {
      JUJU_STORAGE_ID: storage.id,
      JUJU_STORAGE_LOCATION: storage.location,
      JUJU_STORAGE_KIND: storage.kind,
    }),
  };
}

/** The older proxy settings go straight into the environment, each under both spellings, when a proxy is set at all. */
function legacyProxies(setting: (key: string) => string): Record<string, string> {
  const proxies: Record<string, string> = {};
  for (const key of ['http-proxy', 'https-proxy', 'ftp-proxy']) {
    addBoth(proxies, key, setting(key));
  }
  if (Object.keys(proxies).length > 0) {
    addBoth(proxies, 'no-proxy', setting('no-proxy'));
  }
  return proxies;
}

function addBoth(proxies: Record<string, string>, key: string, value: string): void {
  if (value !== '') {
    const name = key.replace('-', '_');
    proxies[name] = value;
    proxies[name.toUpperCase()] = value;
  }
}
