/** Schema version 1, whole. It is never changed: what came later is in schema.ts. */
export const firstSchema = `
CREATE TABLE models (
  uuid TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created TEXT NOT NULL
) STRICT;

CREATE TABLE model_config (
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  key TEXT NOT NULL,
  value_json TEXT NOT NULL,
  PRIMARY KEY (model, key)
) STRICT;

-- The last number given out. Operations and tasks share one, as in Juju.
CREATE TABLE counters (
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  name TEXT NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (model, name)
) STRICT;

CREATE TABLE charms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('local', 'catalogue', 'companion')),
  -- The directory it is kept in; empty for a companion.
  directory TEXT NOT NULL,
  spec_json TEXT NOT NULL,
  UNIQUE (model, name, revision)
) STRICT;

CREATE TABLE applications (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  name TEXT NOT NULL,
  charm INTEGER NOT NULL REFERENCES charms,
  channel TEXT NOT NULL,
  trust INTEGER NOT NULL,
  life TEXT NOT NULL DEFAULT 'alive' CHECK (life IN ('alive', 'dying')),
  provider_id TEXT NOT NULL,
  -- Counts refreshes and new resources; a unit that has followed has the same number.
  generation INTEGER NOT NULL DEFAULT 0,
  next_unit INTEGER NOT NULL DEFAULT 0,
  leader INTEGER,
  status_json TEXT,
  version TEXT NOT NULL DEFAULT '',
  created TEXT NOT NULL,
  UNIQUE (model, name)
) STRICT;

CREATE TABLE options (
  application INTEGER NOT NULL REFERENCES applications ON DELETE CASCADE,
  name TEXT NOT NULL,
  value_json TEXT NOT NULL,
  PRIMARY KEY (application, name)
) STRICT;

CREATE TABLE resources (
  application INTEGER NOT NULL REFERENCES applications ON DELETE CASCADE,
  name TEXT NOT NULL,
  -- What the user gave, and where it is kept now (the same when it runs in place).
  given TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('directory', 'file')),
  path TEXT NOT NULL,
  digest TEXT NOT NULL,
  live INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (application, name)
) STRICT;

CREATE TABLE units (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  application INTEGER NOT NULL REFERENCES applications ON DELETE CASCADE,
  number INTEGER NOT NULL,
  life TEXT NOT NULL DEFAULT 'alive' CHECK (life IN ('alive', 'dying')),
  -- The charm that its directory holds.
  charm INTEGER NOT NULL REFERENCES charms,
  generation INTEGER NOT NULL,
  address TEXT NOT NULL,
  -- A dying unit whose hooks may fail or be left out.
  forced INTEGER NOT NULL DEFAULT 0,
  installed INTEGER NOT NULL DEFAULT 0,
  started INTEGER NOT NULL DEFAULT 0,
  -- Of the options that the last config-changed was dispatched with.
  config_hash TEXT NOT NULL DEFAULT '',
  -- The machine's boot in which the unit last ran.
  boot TEXT NOT NULL DEFAULT '',
  -- Null until the charm or Juju has set one.
  status_json TEXT,
  status_by_charm INTEGER NOT NULL DEFAULT 0,
  agent_json TEXT NOT NULL,
  UNIQUE (application, number)
) STRICT;

CREATE TABLE status_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  unit INTEGER NOT NULL REFERENCES units ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('workload', 'juju-unit')),
  status_json TEXT NOT NULL
) STRICT;
CREATE INDEX status_history_unit ON status_history (unit, kind, id);

-- What a unit has still to be told. A row goes in the transaction that commits what its hook wrote.
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  unit INTEGER NOT NULL REFERENCES units ON DELETE CASCADE,
  rank INTEGER NOT NULL,
  -- A pending event with the same words is not queued twice.
  same_as TEXT NOT NULL,
  event_json TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'running', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_at TEXT,
  failed_at TEXT,
  reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX events_unit ON events (unit, rank, id);

CREATE TABLE operations (
  id INTEGER NOT NULL,
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  summary TEXT NOT NULL,
  unscheduled_json TEXT NOT NULL,
  enqueued TEXT NOT NULL,
  PRIMARY KEY (model, id)
) STRICT;

-- Kept after their unit has gone, as Juju keeps them.
CREATE TABLE tasks (
  id INTEGER NOT NULL,
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  operation INTEGER NOT NULL,
  unit INTEGER,
  unit_name TEXT NOT NULL,
  event_json TEXT NOT NULL,
  status TEXT NOT NULL,
  message TEXT NOT NULL DEFAULT '',
  results_json TEXT NOT NULL DEFAULT '{}',
  log_json TEXT NOT NULL DEFAULT '[]',
  enqueued TEXT NOT NULL,
  started TEXT,
  completed TEXT,
  PRIMARY KEY (model, id)
) STRICT;
CREATE INDEX tasks_unit ON tasks (unit, status, id);
CREATE INDEX tasks_operation ON tasks (model, operation);

CREATE TABLE containers (
  unit INTEGER NOT NULL REFERENCES units ON DELETE CASCADE,
  name TEXT NOT NULL,
  -- The supervisor start that pebble-ready was last queued for, and how far its notices have been read.
  boot TEXT NOT NULL DEFAULT '',
  notices_after TEXT NOT NULL DEFAULT '',
  -- check name -> the change that its last check event was for.
  checks_json TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (unit, name)
) STRICT;

CREATE TABLE charm_state (
  unit INTEGER NOT NULL REFERENCES units ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (unit, key)
) STRICT;

CREATE TABLE ports (
  unit INTEGER NOT NULL REFERENCES units ON DELETE CASCADE,
  port TEXT NOT NULL,
  PRIMARY KEY (unit, port)
) STRICT;

CREATE TABLE storages (
  unit INTEGER NOT NULL REFERENCES units ON DELETE CASCADE,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  location TEXT NOT NULL,
  -- Whether storage-attached has been queued.
  attached INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (unit, id)
) STRICT;

CREATE TABLE relations (
  id INTEGER NOT NULL,
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  interface TEXT NOT NULL,
  life TEXT NOT NULL DEFAULT 'alive' CHECK (life IN ('alive', 'dying')),
  PRIMARY KEY (model, id)
) STRICT;

-- One row for a peer relation, two for any other.
CREATE TABLE relation_sides (
  model TEXT NOT NULL,
  relation INTEGER NOT NULL,
  application INTEGER NOT NULL REFERENCES applications ON DELETE CASCADE,
  endpoint TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('peer', 'provides', 'requires')),
  PRIMARY KEY (model, relation, application, role),
  FOREIGN KEY (model, relation) REFERENCES relations ON DELETE CASCADE
) STRICT;

-- What each unit knows of a relation: whether it has entered it (others are told of it then), whether it has seen it
-- broken, and which remote units it has been told have joined.
CREATE TABLE relation_units (
  model TEXT NOT NULL,
  relation INTEGER NOT NULL,
  unit INTEGER NOT NULL REFERENCES units ON DELETE CASCADE,
  entered INTEGER NOT NULL DEFAULT 0,
  broken INTEGER NOT NULL DEFAULT 0,
  joined_json TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (model, relation, unit),
  FOREIGN KEY (model, relation) REFERENCES relations ON DELETE CASCADE
) STRICT;

CREATE TABLE databags (
  model TEXT NOT NULL,
  relation INTEGER NOT NULL,
  entity TEXT NOT NULL,
  content_json TEXT NOT NULL,
  PRIMARY KEY (model, relation, entity),
  FOREIGN KEY (model, relation) REFERENCES relations ON DELETE CASCADE
) STRICT;

CREATE TABLE secrets (
  id TEXT NOT NULL,
  model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  owner TEXT NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  rotation TEXT NOT NULL DEFAULT 'never',
  expires TEXT,
  rotates TEXT,
  latest INTEGER NOT NULL,
  auto_prune INTEGER NOT NULL DEFAULT 0,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  PRIMARY KEY (model, id)
) STRICT;
CREATE UNIQUE INDEX secrets_label ON secrets (model, owner, label) WHERE label <> '';
CREATE UNIQUE INDEX secrets_name ON secrets (model, name) WHERE name <> '';

CREATE TABLE secret_revisions (
  model TEXT NOT NULL,
  secret TEXT NOT NULL,
  revision INTEGER NOT NULL,
  content_json TEXT NOT NULL,
  created TEXT NOT NULL,
  PRIMARY KEY (model, secret, revision),
  FOREIGN KEY (model, secret) REFERENCES secrets ON DELETE CASCADE
) STRICT;

CREATE TABLE secret_grants (
  model TEXT NOT NULL,
  secret TEXT NOT NULL,
  target TEXT NOT NULL,
  -- The relation it lives as long as; -1 for a grant of its own.
  relation INTEGER NOT NULL,
  PRIMARY KEY (model, secret, target, relation),
  FOREIGN KEY (model, secret) REFERENCES secrets ON DELETE CASCADE
) STRICT;

CREATE TABLE secret_consumers (
  model TEXT NOT NULL,
  secret TEXT NOT NULL,
  unit TEXT NOT NULL,
  revision INTEGER NOT NULL,
  -- The newest revision that the unit was told of.
  notified INTEGER NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (model, secret, unit),
  FOREIGN KEY (model, secret) REFERENCES secrets ON DELETE CASCADE
) STRICT;

-- Units that have gone, whose processes and directories have still to go: after the transaction, again after a crash.
CREATE TABLE leftovers (
  unit INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;
`;
