import type { Proxies } from '../../charm/types.ts';
import type { HookCommandRunner } from '../hookcmds/runner.ts';
import { FingerprintSource } from './fingerprint-source.ts';

/** Everything outside the process that a dispatch deals with, and what Juju said about this one. */
export interface World {
  readonly runner: HookCommandRunner;
  /** The container's Pebble. */
  readonly socket: string;
  readonly unit: string;
  readonly model: string;
  readonly modelUuid: string;
  /** Empty for an action. */
  readonly hook: string;
  /** Empty for a hook. */
  readonly action: string;
  readonly proxies: Proxies;
  /** The id, such as `vault:7`, of the relation that ends with this event; empty else. Juju still lists it. */
  readonly brokenRelation: string;
  /** The unit's own copy of the charm. */
  readonly charmDir: string;
  readonly fingerprints: FingerprintSource;
  /** When the dispatch began. */
  readonly began: number;
}

/** Where Juju mounts the sockets of a pod's containers; a local controller says where it has put them. */
const containersDir = '/charm/containers';

/** Reads what Juju tells by environment variables. Throws when this is no dispatch at all. */
export function worldFrom(env: NodeJS.ProcessEnv, runner: HookCommandRunner): World {
  const unit = env.JUJU_UNIT_NAME ?? '';
  if (unit === '') throw new Error('cannot dispatch: JUJU_UNIT_NAME is not set (Juju sets it when it runs a charm)');
  return {
    runner,
    socket: `${env.CHARM_CONTAINERS_DIR || containersDir}/temporal-worker/pebble.socket`,
    unit,
    model: env.JUJU_MODEL_NAME ?? '',
    modelUuid: env.JUJU_MODEL_UUID ?? '',
    hook: env.JUJU_HOOK_NAME ?? '',
    action: env.JUJU_ACTION_NAME ?? '',
    proxies: {
      http: env.JUJU_CHARM_HTTP_PROXY ?? '',
      https: env.JUJU_CHARM_HTTPS_PROXY ?? '',
      no: env.JUJU_CHARM_NO_PROXY ?? '',
    },
    brokenRelation: env.JUJU_HOOK_NAME?.endsWith('-relation-broken') ? (env.JUJU_RELATION_ID ?? '') : '',
    charmDir: env.JUJU_CHARM_DIR ?? '.',
    fingerprints: new FingerprintSource(env.JUJU_CHARM_DIR ?? '.'),
    began: Date.now(),
  };
}
