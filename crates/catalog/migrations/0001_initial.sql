-- The first schema of the catalog.
--
-- Digests are one byte of algorithm (1 = sha256, 2 = sha512) and the hash value. Every table below names a digest by
-- its row in `digests`. Times are unix milliseconds. Big values stand last in their rows, so that a query which does
-- not want them does not read them.

CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY,              -- the registry id, read as a number
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE repositories (
    id         INTEGER PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES accounts (id),
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (account, name)
) STRICT;

CREATE TABLE digests (
    id     INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE
) STRICT;

-- Blobs the store holds. `orphaned_at` is set while no repository may serve the blob: where garbage collection starts.
CREATE TABLE blobs (
    id          INTEGER PRIMARY KEY REFERENCES digests (id),
    size        INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    orphaned_at INTEGER
) STRICT;
CREATE INDEX blobs_orphaned ON blobs (orphaned_at) WHERE orphaned_at IS NOT NULL;

-- Which repository may serve which blob.
CREATE TABLE repository_blobs (
    repository INTEGER NOT NULL REFERENCES repositories (id),
    blob       INTEGER NOT NULL REFERENCES blobs (id),
    linked_at  INTEGER NOT NULL,
    PRIMARY KEY (repository, blob)
) STRICT, WITHOUT ROWID;
CREATE INDEX repository_blobs_by_blob ON repository_blobs (blob);

CREATE TABLE manifests (
    id            INTEGER PRIMARY KEY,
    repository    INTEGER NOT NULL REFERENCES repositories (id),
    digest        INTEGER NOT NULL REFERENCES digests (id),
    subject       INTEGER REFERENCES digests (id),
    size          INTEGER NOT NULL,
    pushed_at     INTEGER NOT NULL,
    pushed_by     TEXT    NOT NULL,
    media_type    TEXT    NOT NULL,
    artifact_type TEXT,
    annotations   TEXT,                          -- a JSON object, for the referrers list
    content       BLOB    NOT NULL,
    UNIQUE (repository, digest)
) STRICT;
CREATE INDEX manifests_by_digest ON manifests (digest);
CREATE INDEX manifests_by_subject ON manifests (repository, subject) WHERE subject IS NOT NULL;

CREATE TABLE manifest_blobs (
    manifest INTEGER NOT NULL REFERENCES manifests (id),
    blob     INTEGER NOT NULL REFERENCES digests (id),
    PRIMARY KEY (manifest, blob)
) STRICT, WITHOUT ROWID;
CREATE INDEX manifest_blobs_by_blob ON manifest_blobs (blob);

-- A child is named by digest only: an index may be sparse, and a child may be deleted before its index.
CREATE TABLE manifest_children (
    manifest INTEGER NOT NULL REFERENCES manifests (id),
    child    INTEGER NOT NULL REFERENCES digests (id),
    PRIMARY KEY (manifest, child)
) STRICT, WITHOUT ROWID;
CREATE INDEX manifest_children_by_child ON manifest_children (child);

CREATE TABLE tags (
    repository INTEGER NOT NULL REFERENCES repositories (id),
    name       TEXT    NOT NULL,
    manifest   INTEGER NOT NULL REFERENCES manifests (id),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (repository, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_manifest ON tags (manifest);

-- One row for each time a tag appeared (from_digest NULL), moved, or went away (to_digest NULL).
CREATE TABLE tag_history (
    id          INTEGER PRIMARY KEY,
    repository  INTEGER NOT NULL REFERENCES repositories (id),
    tag         TEXT    NOT NULL,
    from_digest INTEGER REFERENCES digests (id),
    to_digest   INTEGER REFERENCES digests (id),
    actor       TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX tag_history_by_tag ON tag_history (repository, tag);
CREATE INDEX tag_history_by_repository ON tag_history (repository);

-- What the analyser found, by content alone: a layer or image is analysed once, wherever it is pushed.
CREATE TABLE layer_inventories (
    layer            INTEGER PRIMARY KEY REFERENCES digests (id),
    analyser_version INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    content          BLOB    NOT NULL
) STRICT;

CREATE TABLE image_inventories (
    manifest         INTEGER PRIMARY KEY REFERENCES digests (id),
    analyser_version INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    content          BLOB    NOT NULL
) STRICT;

-- A version of a package is one row however many images hold it, so that the index below is pairs of small integers.
CREATE TABLE packages (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    version TEXT NOT NULL,
    UNIQUE (kind, name, version)
) STRICT;

CREATE TABLE image_packages (
    manifest INTEGER NOT NULL REFERENCES image_inventories (manifest),
    package  INTEGER NOT NULL REFERENCES packages (id),
    PRIMARY KEY (manifest, package)
) STRICT, WITHOUT ROWID;
CREATE INDEX image_packages_by_package ON image_packages (package);

CREATE TABLE advisory_generations (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL,
    activated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE outbox (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at   INTEGER NOT NULL,
    delivered_at INTEGER,
    kind         TEXT    NOT NULL,
    payload      TEXT    NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox (id) WHERE delivered_at IS NULL;
CREATE INDEX outbox_delivered ON outbox (delivered_at) WHERE delivered_at IS NOT NULL;

CREATE TABLE access_keys (
    key_id      TEXT    NOT NULL PRIMARY KEY,
    principal   TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
