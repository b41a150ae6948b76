import { CommandError } from './command-error.ts';
import type { HookEvent } from './event.ts';
import { CommitRefused, type ConfigValue, type HookModel, type RelationRecord } from './model.ts';
import { applicationOf } from './names.ts';
import { PendingSecrets } from './pending-secrets.ts';
import { PendingSettings } from './pending-settings.ts';

/** All charm state of a unit together, keys and values (`MaxTotalCharmStateSize` of juju/core/quota). */
const stateBytes = 2 * 1024 * 1024;

/** What an action leaves behind, whatever becomes of its writes. */
export interface ActionOutcome {
  results: Record<string, unknown>;
  message: string;
  failed: boolean;
}

/** One event of one unit while it is being handled: reads go to the model, writes wait for `commit`. */
export class HookContext {
  readonly model: HookModel;
  readonly unit: string;
  readonly application: string;
  readonly event: HookEvent;
  readonly settings: PendingSettings;
  readonly secrets: PendingSecrets;
  /** Undefined outside of an action and `exec`. */
  readonly action: ActionOutcome | undefined;
  readonly #onTaskLog: ((line: string) => void) | undefined;
  readonly #state = new Map<string, string | null>();
  readonly #ports = new Map<string, 'opened' | 'closed'>();
  readonly #relations: readonly RelationRecord[];
  #config: Readonly<Record<string, ConfigValue | null>> | undefined;

  constructor(options: {
    readonly model: HookModel;
    readonly unit: string;
    readonly event: HookEvent;
    readonly onTaskLog?: ((line: string) => void) | undefined;
  }) {
    this.model = options.model;
    this.unit = options.unit;
    this.application = applicationOf(options.unit);
    this.event = options.event;
    this.settings = new PendingSettings(options.model);
    this.secrets = new PendingSecrets(options.model, options.unit);
    this.action = options.event.action || options.event.exec ? { results: {}, message: '', failed: false } : undefined;
    this.#onTaskLog = options.onTaskLog;
    this.#relations = options.model.relations(options.unit);
  }

  /** The options as they were when the hook first asked. */
  config(): Readonly<Record<string, ConfigValue | null>> {
    this.#config ??= this.model.config(this.application) ?? {};
    return this.#config;
  }

  isLeader(): boolean {
    return this.model.isLeader(this.unit);
  }

  /** Fails in Juju's words for a unit that does not lead. */
  needLeader(): void {
    if (!this.isLeader()) {
      throw new CommandError('this unit is not the leader');
    }
  }

  /** The action's outcome; fails in Juju's words in a hook. */
  needAction(): ActionOutcome {
    if (!this.action) {
      throw new CommandError('not running an action');
    }
    return this.action;
  }

  /** Those there were when the hook began, with the units that had joined: a charm never sees a relation come in between. */
  relations(): readonly RelationRecord[] {
    return this.#relations;
  }

  relation(id: number): RelationRecord | undefined {
    return this.relations().find((relation) => relation.id === id);
  }

  isPeer(relation: RelationRecord): boolean {
    return this.model.endpoints(this.unit)[relation.endpoint]?.role === 'peer';
  }

  /** Charm state with this hook's own changes. */
  state(): ReadonlyMap<string, string> {
    const merged = new Map(Object.entries(this.model.charmState(this.unit)));
    for (const [key, value] of this.#state) {
      if (value === null) {
        merged.delete(key);
      } else {
        merged.set(key, value);
      }
    }
    return merged;
  }

  setState(key: string, value: string | null): void {
    this.#state.set(key, value);
  }

  /** Opened ports with this hook's own changes, as `HookModel.openedPorts` writes them. */
  ports(): readonly string[] {
    const ports = new Set(this.model.openedPorts(this.unit));
    for (const [port, change] of this.#ports) {
      if (change === 'opened') {
        ports.add(port);
      } else {
        ports.delete(port);
      }
    }
    return [...ports];
  }

  setPort(port: string, change: 'opened' | 'closed'): void {
    this.#ports.set(port, change);
  }

  log(level: string, module: string, message: string): void {
    this.model.log(this.unit, level, module, message);
  }

  logTask(message: string): void {
    const task = this.event.action?.task ?? this.event.exec?.task;
    if (task !== undefined) {
      this.model.appendTaskLog(task, message);
    }
    this.#onTaskLog?.(message);
  }

  /** Hands everything that was written to the model, in one transaction. Throws `CommitRefused`. */
  commit(): void {
    let size = 0;
    for (const [key, value] of this.#state.size > 0 ? this.state() : []) {
      size += Buffer.byteLength(key) + Buffer.byteLength(value);
    }
    if (size > stateBytes) {
      throw new CommitRefused(`max allowed size (${stateBytes}) exceeded quota limit exceeded`);
    }
    const stored = new Set(this.model.openedPorts(this.unit));
    this.model.commit(this.unit, {
      settings: this.settings.changes(),
      ...this.secrets.writes(),
      portsOpened: this.#portsThat('opened').filter((port) => !stored.has(port)),
      portsClosed: this.#portsThat('closed').filter((port) => stored.has(port)),
      state: Object.fromEntries(this.#state),
    });
  }

  #portsThat(change: 'opened' | 'closed'): string[] {
    return [...this.#ports].filter(([, is]) => is === change).map(([port]) => port);
  }
}
