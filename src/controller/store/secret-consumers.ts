import type { Model } from './models.ts';
import { settleUnused } from './secret-events.ts';

export function consumed(model: Model, unit: string, id: string): { revision: number; label: string } | null {
  return (
    model.db.get<{ revision: number; label: string }>(
      'SELECT revision, label FROM secret_consumers WHERE model = ? AND secret = ? AND unit = ?',
      model.uuid,
      id,
      unit,
    ) ?? null
  );
}

/** The id of the secret, of any model, that a unit of this one knows by this label of its own. */
export function consumerLabel(model: Model, unit: string, label: string): string | null {
  return (
    model.db.get<{ secret: string }>(
      'SELECT secret FROM secret_consumers WHERE ((model = ? AND unit = ?) OR unit = ?) AND label = ?',
      model.uuid,
      unit,
      foreignConsumer(model, unit),
      label,
    )?.secret ?? null
  );
}

/** A unit of another model among the consumers of a secret: its model's uuid stands in front, for its name may be there twice. */
export function foreignConsumer(model: Model, unit: string): string {
  return `${model.uuid}:${unit}`;
}

/** Pins the unit to a revision, or gives the secret its label. */
export function setConsumed(
  model: Model,
  unit: string,
  id: string,
  pin: { readonly revision: number; readonly label?: string },
): void {
  model.db.transact(() => {
    const before = consumed(model, unit, id);
    const label = pin.label ?? before?.label ?? '';
    if (before?.revision === pin.revision && before.label === label) return;
    model.db.run(
      `INSERT INTO secret_consumers (model, secret, unit, revision, notified, label) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (model, secret, unit) DO UPDATE SET revision = excluded.revision, notified = max(notified, excluded.revision), label = excluded.label`,
      model.uuid,
      id,
      unit,
      pin.revision,
      pin.revision,
      label,
    );
    if (before && before.revision !== pin.revision) settleUnused(model, id);
  });
}

/** The unit has gone: it holds no revision any more. */
export function forgetConsumer(model: Model, unit: string): void {
  const held = model.db.all<{ secret: string }>(
    'SELECT secret FROM secret_consumers WHERE model = ? AND unit = ?',
    model.uuid,
    unit,
  );
  model.db.run('DELETE FROM secret_consumers WHERE model = ? AND unit = ?', model.uuid, unit);
  for (const { secret } of held) settleUnused(model, secret);
}
