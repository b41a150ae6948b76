import type { HookWrites, SecretChange, SecretRecord } from '../../../src/controller/hook/model.ts';
import { type MemoryFacts, MemoryModel } from '../../unit/controller/hook/memory-model.ts';

/** A model in memory for a unit of any application, which keeps what a hook committed for the next one. */
export class RecordedModel extends MemoryModel {
  override readonly modelName = 'golden';
  override readonly modelUuid = '11111111-2222-4333-8444-555555555555';
  readonly #application: string;
  readonly #databags: Record<string, Record<string, string>>;
  readonly #state: Record<string, string> = {};
  /** Secrets that the charm added. */
  readonly added = new Map<string, SecretChange>();

  constructor(application: string, facts: MemoryFacts) {
    super(facts);
    this.#application = application;
    this.#databags = structuredClone(facts.databags ?? {});
  }

  override config = (application: string) => (application === this.#application ? (this.facts.config ?? {}) : null);
  override charmState = () => this.#state;
  override address = () => ({ address: '192.0.2.0', cidr: '' });
  override settings = (relation: number, entity: string) => this.#databags[`${relation} ${entity}`] ?? null;

  override ownedSecrets(unit: string): string[] {
    const added = [...this.added].filter(([, { owner }]) => owner === `unit-${unit.replace('/', '-')}`);
    return [...super.ownedSecrets(unit), ...added.map(([id]) => id)];
  }

  override secret(id: string): SecretRecord | null {
    const added = this.added.get(id);
    if (added === undefined) return super.secret(id);
    const { owner = '', label = '', description = '' } = added;
    const rest = { rotation: '', expires: null, rotates: null, grants: [] };
    return { id, owner, label, name: '', description, latest: 1, ...rest };
  }

  override secretContent(id: string, revision: number): Record<string, string> | null {
    const content = this.added.get(id)?.content;
    return content === undefined ? super.secretContent(id, revision) : { ...content };
  }

  override maySeeSecret(unit: string, id: string): boolean {
    const own = [`application-${this.#application}`, `unit-${unit.replace('/', '-')}`];
    const { owner = '', grants = [] } = this.secret(id) ?? {};
    return own.includes(owner) || grants.some(({ target }) => own.includes(target));
  }

  override commit(unit: string, writes: HookWrites): void {
    super.commit(unit, writes);
    for (const { relation, entity, changes } of writes.settings) {
      const bag = this.#databags[`${relation} ${entity}`] ?? {};
      this.#databags[`${relation} ${entity}`] = bag;
      for (const [key, value] of Object.entries(changes)) {
        if (value === '') delete bag[key];
        else bag[key] = value;
      }
    }
    for (const [key, value] of Object.entries(writes.state)) {
      if (value === null) delete this.#state[key];
      else this.#state[key] = value;
    }
    for (const secret of writes.secretsAdded) this.added.set(secret.id, secret);
  }
}
