import {
  CommitRefused,
  type ConfigValue,
  type HookModel,
  type HookWrites,
  type RelationRecord,
  type SecretGrant,
  type SecretRecord,
  type StatusRecord,
} from '../../../../src/controller/hook/model.ts';

export interface MemorySecret {
  owner: string;
  label?: string;
  description?: string;
  rotation?: string;
  expires?: string;
  grants?: SecretGrant[];
  /** Content of revision 1, 2, … in plain text. */
  revisions: Record<string, string>[];
}

/** What a test wants to be true; everything else is empty. The unit under test is `w/0` of three. */
export interface MemoryFacts {
  config?: Record<string, ConfigValue | null>;
  modelConfig?: Record<string, string>;
  leader?: string;
  endpoints?: ReturnType<HookModel['endpoints']>;
  relations?: (Omit<RelationRecord, 'interface' | 'life' | 'remoteEndpoint'> & { life?: 'alive' | 'dying' })[];
  /** `<relation id> <entity>` -> databag. */
  databags?: Record<string, Record<string, string>>;
  secrets?: Record<string, MemorySecret>;
  state?: Record<string, string>;
  ports?: string[];
  storages?: ReturnType<HookModel['storages']>;
  resources?: Record<string, string>;
  units?: Record<string, string[]>;
}

const unset: StatusRecord = { status: 'unknown', message: '', data: {}, since: '2026-01-02T03:04:05Z' };

/** A model in memory that keeps the rules of the store; what a hook did can be read off it. */
export class MemoryModel implements HookModel {
  readonly modelName: string = 'default';
  readonly modelUuid: string = 'cdac5656-2423-4388-8f30-41854b4cca7d';
  readonly facts: MemoryFacts;
  readonly statuses = new Map<string, StatusRecord>();
  readonly versions = new Map<string, string>();
  readonly logged: { unit: string; level: string; module: string; message: string }[] = [];
  readonly taskLogs: { task: string; message: string }[] = [];
  readonly commits: HookWrites[] = [];
  readonly pins = new Map<string, { revision: number; label: string }>();
  /** Set to refuse every commit with this message. */
  refusal: string | null = null;

  constructor(facts: MemoryFacts = {}) {
    this.facts = facts;
  }

  modelConfig = () => ({ 'juju-no-proxy': '127.0.0.1,localhost,::1', ...this.facts.modelConfig });
  config = (application: string) => (application === 'w' ? (this.facts.config ?? {}) : null);
  isLeader = (unit: string) => (this.facts.leader ?? 'w/0') === unit;
  unitStatus = (unit: string) => this.statuses.get(unit) ?? unset;
  applicationStatus = (application: string) => this.statuses.get(application) ?? unset;
  setUnitStatus = (unit: string, status: StatusRecord) => void this.statuses.set(unit, status);
  setApplicationStatus = (application: string, status: StatusRecord) => void this.statuses.set(application, status);
  setWorkloadVersion = (unit: string, version: string) => void this.versions.set(unit, version);
  log = (unit: string, level: string, module: string, message: string) =>
    void this.logged.push({ unit, level, module, message });
  appendTaskLog = (task: string, message: string) => void this.taskLogs.push({ task, message });
  charmState = () => this.facts.state ?? {};
  openedPorts = () => this.facts.ports ?? [];
  address = () => ({ address: '127.0.0.7', cidr: '127.0.0.0/8' });
  storages = () => this.facts.storages ?? [];
  endpoints = () =>
    this.facts.endpoints ?? {
      database: { role: 'requires' as const, interface: 'postgresql_client' },
      peer: { role: 'peer' as const, interface: 'w-peers' },
    };
  relations = () =>
    (this.facts.relations ?? []).map((relation) => ({
      interface: 'any',
      remoteEndpoint: 'db',
      life: 'alive' as const,
      ...relation,
    }));
  settings = (relation: number, entity: string) => this.facts.databags?.[`${relation} ${entity}`] ?? null;
  units = (application: string) =>
    (this.facts.units?.[application] ?? []).map((name) => ({ name, status: this.unitStatus(name) }));
  resourcePath = (_application: string, name: string) => this.facts.resources?.[name] ?? null;

  secret(id: string): SecretRecord | null {
    const secret = this.facts.secrets?.[id];
    return (
      (secret && {
        id,
        owner: secret.owner,
        label: secret.label ?? '',
        name: '',
        description: secret.description ?? '',
        latest: secret.revisions.length,
        rotation: secret.rotation ?? '',
        expires: secret.expires ?? null,
        rotates: null,
        grants: secret.grants ?? [],
      }) ??
      null
    );
  }

  ownedSecrets(unit: string): string[] {
    const owners = [`unit-${unit.replace('/', '-')}`, ...(this.isLeader(unit) ? ['application-w'] : [])];
    return Object.entries(this.facts.secrets ?? {})
      .filter(([, secret]) => owners.includes(secret.owner))
      .map(([id]) => id);
  }

  secretContent(id: string, revision: number): Record<string, string> | null {
    const content = this.facts.secrets?.[id]?.revisions[revision - 1];
    return content
      ? Object.fromEntries(Object.entries(content).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
      : null;
  }

  maySeeSecret(unit: string, id: string): boolean {
    const secret = this.facts.secrets?.[id];
    const targets = ['application-w', `unit-${unit.replace('/', '-')}`];
    return (
      secret !== undefined &&
      (targets.includes(secret.owner) || (secret.grants ?? []).some((grant) => targets.includes(grant.target)))
    );
  }

  consumed = (unit: string, id: string) => this.pins.get(`${unit} ${id}`) ?? null;

  consumerLabel(unit: string, label: string): string | null {
    const found = [...this.pins].find(([key, pin]) => key.startsWith(`${unit} `) && pin.label === label);
    return found ? found[0].slice(unit.length + 1) : null;
  }

  setConsumed(unit: string, id: string, pin: { revision: number; label?: string }): void {
    this.pins.set(`${unit} ${id}`, { label: this.consumed(unit, id)?.label ?? '', ...pin });
  }

  commit(_unit: string, writes: HookWrites): void {
    if (this.refusal !== null) {
      throw new CommitRefused(this.refusal);
    }
    this.commits.push(writes);
  }
}

/** Writes of a hook that wrote nothing. */
export const noWrites: HookWrites = {
  settings: [],
  secretsAdded: [],
  secretsChanged: [],
  secretsRemoved: [],
  secretsGranted: [],
  secretsRevoked: [],
  secretsTracked: [],
  portsOpened: [],
  portsClosed: [],
  state: {},
};
