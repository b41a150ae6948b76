import { firstSchema } from './first-schema.ts';

/**
 * Step n brings version n to n + 1. A step is never changed once it has been released: a new one is added.
 *
 * Ids are never given out twice: processes and directories may outlive what they were made for.
 *
 * Every table that is not reached through an application or a unit carries its model. Times are RFC 3339 texts in UTC,
 * columns named `*_json` hold JSON.
 */
export const migrations: readonly string[] = [
  firstSchema,
  // How many units are wanted, in place of how many there ever were: numbers are given again, as Kubernetes gives ordinals.
  'ALTER TABLE applications RENAME COLUMN next_unit TO scale',
  // When a revision expires and when its owner was last told so; whether the owner was told that nobody uses it.
  `
ALTER TABLE secret_revisions ADD COLUMN expires TEXT;
ALTER TABLE secret_revisions ADD COLUMN expiry_told TEXT;
ALTER TABLE secret_revisions ADD COLUMN unused_told INTEGER NOT NULL DEFAULT 0;
UPDATE secret_revisions SET expires = (
  SELECT expires FROM secrets s WHERE s.model = secret_revisions.model AND s.id = secret AND s.latest = revision
);
`,
  // Several models: which one commands are for, whose a unit was that has gone, and whether a model is being destroyed.
  `
ALTER TABLE models ADD COLUMN life TEXT NOT NULL DEFAULT 'alive' CHECK (life IN ('alive', 'dying'));
CREATE TABLE focus (
  -- One row at most.
  id INTEGER PRIMARY KEY CHECK (id = 1),
  model TEXT REFERENCES models ON DELETE SET NULL
) STRICT;
INSERT INTO focus (id, model) SELECT 1, uuid FROM models;
-- The model's name beside its uuid, because the model may have gone too.
ALTER TABLE leftovers ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE leftovers ADD COLUMN model_name TEXT NOT NULL DEFAULT 'default';
UPDATE leftovers SET model = (SELECT uuid FROM models);
`,
  // Offers, what is consumed of other models (SAAS, in Juju's word), and relations across models.
  `
CREATE TABLE offers (
  uuid TEXT PRIMARY KEY,
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  name TEXT NOT NULL,
  application INTEGER NOT NULL REFERENCES applications ON DELETE CASCADE,
  -- Names of endpoints.
  endpoints_json TEXT NOT NULL,
  created TEXT NOT NULL,
  UNIQUE (model, name)
) STRICT;

CREATE TABLE saas (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  name TEXT NOT NULL,
  -- The offer's uuid; it may have gone.
  offer TEXT NOT NULL,
  url TEXT NOT NULL,
  -- Endpoint -> interface, role and limit, as they were when it was consumed.
  endpoints_json TEXT NOT NULL,
  life TEXT NOT NULL DEFAULT 'alive' CHECK (life IN ('alive', 'dying')),
  created TEXT NOT NULL,
  UNIQUE (model, name)
) STRICT;

-- A relation across models is one relation in each of them, with one side each, and a row here for each of the two.
CREATE TABLE relation_links (
  model TEXT NOT NULL,
  relation INTEGER NOT NULL,
  other_model TEXT NOT NULL,
  other_relation INTEGER NOT NULL,
  -- How the application of the other model is called in this one: the name of a SAAS, or remote-<uuid>.
  remote_name TEXT NOT NULL,
  offer TEXT NOT NULL,
  -- Only in the model that consumes.
  saas INTEGER,
  PRIMARY KEY (model, relation),
  FOREIGN KEY (model, relation) REFERENCES relations ON DELETE CASCADE
) STRICT;
`,
  // When a relation came to be, or began to end; empty for one that is older than this column.
  "ALTER TABLE relations ADD COLUMN since TEXT NOT NULL DEFAULT ''",
];

/** What `PRAGMA user_version` says of a database that is up to date. */
export const schemaVersion = migrations.length;
