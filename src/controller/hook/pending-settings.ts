import type { HookModel, HookWrites } from './model.ts';

/** The databag writes of one hook, until it ends. */
export class PendingSettings {
  readonly #model: HookModel;
  /** `<relation id> <entity>` -> changes; an empty value deletes. */
  readonly #changes = new Map<string, { relation: number; entity: string; keys: Map<string, string> }>();

  constructor(model: HookModel) {
    this.#model = model;
  }

  write(relation: number, entity: string, settings: Readonly<Record<string, string>>): void {
    const id = `${relation} ${entity}`;
    const bag = this.#changes.get(id) ?? { relation, entity, keys: new Map<string, string>() };
    for (const [key, value] of Object.entries(settings)) {
      bag.keys.set(key, value);
    }
    this.#changes.set(id, bag);
  }

  /** The databag as it will be when the hook succeeds; null when it neither exists nor is written to. */
  read(relation: number, entity: string): Record<string, string> | null {
    const stored = this.#model.settings(relation, entity);
    const changes = this.#changes.get(`${relation} ${entity}`);
    if (!changes) {
      return stored && { ...stored };
    }
    const merged = new Map(Object.entries(stored ?? {}));
    for (const [key, value] of changes.keys) {
      if (value === '') {
        merged.delete(key);
      } else {
        merged.set(key, value);
      }
    }
    return Object.fromEntries(merged);
  }

  /** What really differs from the databags as they are now: writing what is there already tells nobody anything. */
  changes(): HookWrites['settings'] {
    return [...this.#changes.values()].flatMap(({ relation, entity, keys }) => {
      const stored = new Map(Object.entries(this.#model.settings(relation, entity) ?? {}));
      const changes = Object.fromEntries([...keys].filter(([key, value]) => (stored.get(key) ?? '') !== value));
      return Object.keys(changes).length > 0 ? [{ relation, entity, changes }] : [];
    });
  }
}
