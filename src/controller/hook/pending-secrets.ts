import { CommandError } from './command-error.ts';
import { goQuote } from './go-text.ts';
import { CommitRefused, type HookModel, type HookWrites, type SecretChange, type SecretGrant } from './model.ts';

/** What a secret's owner sees of it, this hook's own changes included. */
export interface OwnedSecret {
  readonly owner: string;
  readonly label: string;
  readonly description: string;
  readonly rotation: string;
  readonly expires: string | null;
  readonly rotates: string | null;
  readonly revision: number;
  readonly grants: readonly SecretGrant[];
}

type Writes = Pick<
  HookWrites,
  'secretsAdded' | 'secretsChanged' | 'secretsRemoved' | 'secretsGranted' | 'secretsRevoked' | 'secretsTracked'
>;

/** The changes of one hook to secrets, until it ends. Rules: Juju's `secretsChangeRecorder` (uniter/runner/context). */
export class PendingSecrets {
  readonly #model: HookModel;
  readonly #unit: string;
  readonly #added = new Map<string, SecretChange>();
  readonly #changed = new Map<string, SecretChange>();
  /** null: every revision. */
  readonly #removed = new Map<string, Set<number> | null>();
  #granted: { id: string; grant: SecretGrant }[] = [];
  #revoked: { id: string; target: string | null; relation: number | null }[] = [];
  readonly #tracked = new Set<string>();

  constructor(model: HookModel, unit: string) {
    this.#model = model;
    this.#unit = unit;
  }

  add(change: SecretChange): void {
    for (const other of this.#added.values()) {
      if (change.label !== undefined && other.label === change.label) {
        throw new CommandError(`secret with label ${goQuote(change.label)} already exists`);
      }
    }
    this.#added.set(change.id, change);
  }

  change(change: SecretChange): void {
    this.#removed.delete(change.id);
    const target = this.#added.has(change.id) ? this.#added : this.#changed;
    target.set(change.id, { ...target.get(change.id), ...change });
  }

  remove(id: string, revision: number | null): void {
    this.#added.delete(id);
    this.#changed.delete(id);
    this.#tracked.delete(id);
    this.#granted = this.#granted.filter((granted) => granted.id !== id);
    this.#revoked = this.#revoked.filter((revoked) => revoked.id !== id);
    const removed = this.#removed.get(id);
    if (revision === null || removed === null) {
      this.#removed.set(id, null);
    } else {
      this.#removed.set(id, new Set([...(removed ?? []), revision]));
    }
  }

  grant(id: string, grant: SecretGrant): void {
    this.#granted.push({ id, grant });
  }

  revoke(id: string, target: string | null, relation: number | null): void {
    this.#revoked.push({ id, target, relation });
  }

  track(id: string): void {
    this.#tracked.add(id);
  }

  /** A secret that this hook has added and nobody else can see yet. */
  added(id: string): SecretChange | undefined {
    return this.#added.get(id);
  }

  changed(id: string): SecretChange | undefined {
    return this.#changed.get(id);
  }

  /** The id of a pending secret, or of one with a pending label, by that label. */
  idByLabel(label: string): string | undefined {
    return [...this.#added.values(), ...this.#changed.values()].find((change) => change.label === label)?.id;
  }

  /** Everything the unit owns (and its application, when it leads), by id. */
  owned(): ReadonlyMap<string, OwnedSecret> {
    const owned = new Map<string, OwnedSecret>();
    for (const id of this.#model.ownedSecrets(this.#unit)) {
      const record = this.#model.secret(id);
      if (record && this.#removed.get(id) !== null) {
        owned.set(id, this.#merged({ ...record, revision: record.latest }, id, this.#changed.get(id)));
      }
    }
    const fresh = {
      owner: '',
      label: '',
      description: '',
      rotation: '',
      expires: null,
      rotates: null,
      revision: 1,
      grants: [],
    };
    for (const [id, change] of this.#added) {
      owned.set(id, this.#merged({ ...fresh, owner: change.owner ?? '' }, id, change));
    }
    return owned;
  }

  #merged(base: OwnedSecret, id: string, change: SecretChange | undefined): OwnedSecret {
    const granted = this.#granted.filter((entry) => entry.id === id).map((entry) => entry.grant);
    const revoked = this.#revoked.filter((entry) => entry.id === id);
    const isRevoked = (grant: SecretGrant) =>
      revoked.some(
        (entry) =>
          (entry.target === null || entry.target === grant.target) &&
          (entry.relation === null || entry.relation === grant.relation),
      );
    return {
      ...base,
      label: change?.label ?? base.label,
      description: change?.description ?? base.description,
      rotation: change?.rotation ?? base.rotation,
      expires: change?.expires ?? base.expires,
      grants: [...base.grants, ...granted].filter((grant) => !isRevoked(grant)),
    };
  }

  /** Throws `CommitRefused` for a change to a secret that is not the unit's. */
  writes(): Writes {
    const owned = new Set(this.#model.ownedSecrets(this.#unit));
    const touched = [...this.#changed.keys(), ...this.#removed.keys(), ...this.#revoked.map((entry) => entry.id)];
    for (const id of touched) {
      if (!owned.has(id) && !this.#added.has(id)) {
        throw new CommitRefused(this.#model.secret(id) ? 'permission denied' : `secret ${goQuote(id)} not found`);
      }
    }
    return {
      secretsAdded: [...this.#added.values()],
      secretsChanged: [...this.#changed.values()],
      secretsRemoved: [...this.#removed].flatMap(([id, revisions]): { id: string; revision: number | null }[] =>
        revisions === null ? [{ id, revision: null }] : [...revisions].map((revision) => ({ id, revision })),
      ),
      secretsGranted: this.#granted,
      secretsRevoked: this.#revoked,
      secretsTracked: [...this.#tracked],
    };
  }
}
