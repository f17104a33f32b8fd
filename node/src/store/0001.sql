-- The first store format. Sizes of ids: docs/protocol.md, section 1. What each table is for: docs/storage.md.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workspaces (
    number   INTEGER PRIMARY KEY,
    id       BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    -- The newest position. A counter of its own: dropping a document must not let a position be given twice.
    position INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE policy_entries (
    number    INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    hash      BLOB NOT NULL CHECK (length(hash) = 32),
    sum       BLOB NOT NULL,
    bytes     BLOB NOT NULL,
    UNIQUE (workspace, hash)
) STRICT;

CREATE TABLE documents (
    number    INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    id        BLOB NOT NULL CHECK (length(id) = 16),
    digest    BLOB NOT NULL,
    vector    BLOB NOT NULL,
    UNIQUE (workspace, id)
) STRICT;

CREATE TABLE actors (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    actor    BLOB NOT NULL CHECK (length(actor) = 16),
    device   BLOB NOT NULL CHECK (length(device) = 32),
    PRIMARY KEY (document, actor)
) STRICT, WITHOUT ROWID;

CREATE TABLE envelopes (
    number    INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    document  INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL,
    actor     BLOB NOT NULL CHECK (length(actor) = 16),
    origin    BLOB CHECK (length(origin) = 32),
    sum       BLOB NOT NULL,
    bytes     BLOB NOT NULL,
    UNIQUE (workspace, position)
) STRICT;
CREATE INDEX envelopes_of_document ON envelopes (document, position);

CREATE TABLE changes (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    actor    BLOB NOT NULL CHECK (length(actor) = 16),
    seq      INTEGER NOT NULL,
    -- Where the first envelope that carried the change stands.
    position INTEGER NOT NULL,
    PRIMARY KEY (document, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE parked (
    number    INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    hash      BLOB NOT NULL CHECK (length(hash) = 32),
    origin    BLOB CHECK (length(origin) = 32),
    size      INTEGER NOT NULL,
    bytes     BLOB NOT NULL,
    UNIQUE (workspace, hash)
) STRICT;
CREATE INDEX parked_of_origin ON parked (workspace, origin, size);

CREATE TABLE missing (
    workspace INTEGER NOT NULL,
    -- 0, document and change hash, or 1 and policy hash.
    what      BLOB NOT NULL,
    parked    INTEGER NOT NULL REFERENCES parked ON DELETE CASCADE,
    PRIMARY KEY (workspace, what, parked)
) STRICT, WITHOUT ROWID;
CREATE INDEX missing_of_parked ON missing (parked);

CREATE TABLE own_actors (
    workspace INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    document  BLOB NOT NULL CHECK (length(document) = 16),
    actor     BLOB NOT NULL CHECK (length(actor) = 16),
    nonce     BLOB NOT NULL CHECK (length(nonce) = 16),
    PRIMARY KEY (workspace, document)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    number    INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    document  BLOB NOT NULL CHECK (length(document) = 16),
    position  INTEGER NOT NULL,
    sum       BLOB NOT NULL,
    bytes     BLOB NOT NULL,
    UNIQUE (workspace, document)
) STRICT;

CREATE TABLE views (
    number    INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    document  BLOB NOT NULL CHECK (length(document) = 16),
    position  INTEGER NOT NULL,
    sum       BLOB NOT NULL,
    json      TEXT NOT NULL,
    UNIQUE (workspace, document)
) STRICT;

CREATE TABLE quarantine (
    workspace INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    document  BLOB NOT NULL CHECK (length(document) = 16),
    place     INTEGER NOT NULL,
    hash      BLOB NOT NULL CHECK (length(hash) = 32),
    actor     BLOB NOT NULL CHECK (length(actor) = 16),
    seq       INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    PRIMARY KEY (workspace, document, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (
    workspace    INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    peer         BLOB NOT NULL CHECK (length(peer) = 32),
    incarnation  BLOB NOT NULL CHECK (length(incarnation) = 16),
    acknowledged INTEGER NOT NULL,
    PRIMARY KEY (workspace, peer)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    workspace INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name      TEXT NOT NULL,
    value     BLOB NOT NULL,
    PRIMARY KEY (workspace, name)
) STRICT, WITHOUT ROWID;
