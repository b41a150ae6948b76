import type { Database } from './database.ts';
import type { Model } from './models.ts';

export interface ResourceRecord {
  readonly name: string;
  /** As the user gave it. */
  readonly given: string;
  readonly kind: 'directory' | 'file';
  /** Where it is kept; the given path itself when it runs in place. */
  readonly path: string;
  /** Of its content; for one that runs in place, of its path. */
  readonly digest: string;
  readonly live: boolean;
  /** Counts uploads, from 0. */
  readonly revision: number;
}

export function listResources(model: Model, application: number): ResourceRecord[] {
  const rows = model.db.all<Omit<ResourceRecord, 'live'> & { live: number }>(
    'SELECT * FROM resources WHERE application = ? ORDER BY name',
    application,
  );
  return rows.map(({ name, given, kind, path, digest, live, revision }) => ({
    name,
    given,
    kind,
    path,
    digest,
    live: live === 1,
    revision,
  }));
}

export function setResource(model: Model, application: number, resource: Omit<ResourceRecord, 'revision'>): void {
  model.db.run(
    `INSERT INTO resources (application, name, given, kind, path, digest, live, revision) VALUES (?, ?, ?, ?, ?, ?, ?, 0)
     ON CONFLICT (application, name) DO UPDATE SET
       given = excluded.given, kind = excluded.kind, path = excluded.path, digest = excluded.digest, live = excluded.live, revision = revision + 1`,
    application,
    resource.name,
    resource.given,
    resource.kind,
    resource.path,
    resource.digest,
    resource.live ? 1 : 0,
  );
}

/** Digests that some application of any model still uses. */
export function usedDigests(db: Database): Set<string> {
  return new Set(db.all<{ digest: string }>('SELECT DISTINCT digest FROM resources').map((row) => row.digest));
}
