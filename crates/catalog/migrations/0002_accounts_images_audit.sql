-- Accounts and their identities, settings of repositories and accounts, the state of images, and the audit log.

ALTER TABLE accounts ADD COLUMN alias TEXT;
ALTER TABLE accounts ADD COLUMN identity_version INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX accounts_by_alias ON accounts (alias) WHERE alias IS NOT NULL;

-- The users, groups, roles and policies of an account, one document each.
CREATE TABLE identities (
    account  INTEGER NOT NULL REFERENCES accounts (id),
    kind     TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    document TEXT    NOT NULL,                   -- JSON
    PRIMARY KEY (account, kind, name)
) STRICT, WITHOUT ROWID;

-- A key from before there were users has neither.
ALTER TABLE access_keys ADD COLUMN account INTEGER REFERENCES accounts (id);
ALTER TABLE access_keys ADD COLUMN user_name TEXT;
CREATE INDEX access_keys_by_user ON access_keys (account, user_name, key_id);

CREATE TABLE account_settings (
    account INTEGER NOT NULL REFERENCES accounts (id),
    key     TEXT    NOT NULL,
    value   TEXT    NOT NULL,                    -- JSON
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

-- `repositories.account` is the account's number, and 10^12 more for a public repository. A repository that was
-- deleted belongs to account -1, under its number as its name, until its content is gone too.
INSERT INTO accounts (id, created_at) VALUES (-1, 0);
ALTER TABLE repositories ADD COLUMN tags_immutable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE repositories ADD COLUMN tag_exclusions TEXT NOT NULL DEFAULT '';  -- filters, a space between them
ALTER TABLE repositories ADD COLUMN scan_on_push INTEGER NOT NULL DEFAULT 0;
ALTER TABLE repositories ADD COLUMN encryption TEXT NOT NULL DEFAULT 'AES256';
ALTER TABLE repositories ADD COLUMN encryption_key TEXT;
ALTER TABLE repositories ADD COLUMN lifecycle_evaluated_at INTEGER;
ALTER TABLE repositories ADD COLUMN catalog_data TEXT;
ALTER TABLE repositories ADD COLUMN policy TEXT;
ALTER TABLE repositories ADD COLUMN lifecycle TEXT;
CREATE INDEX repositories_with_lifecycle ON repositories (id) WHERE lifecycle IS NOT NULL;

CREATE TABLE repository_tags (
    repository INTEGER NOT NULL REFERENCES repositories (id),
    key        TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    PRIMARY KEY (repository, key)
) STRICT, WITHOUT ROWID;

-- What changes of a manifest, apart from the manifest: in the order of push within its repository.
CREATE TABLE images (
    repository        INTEGER NOT NULL REFERENCES repositories (id),
    manifest          INTEGER NOT NULL REFERENCES manifests (id),
    status            INTEGER NOT NULL DEFAULT 0,    -- 0 active, 1 archived, 2 activating
    tags              INTEGER NOT NULL DEFAULT 0,    -- how many rows of `tags` name it
    image_size        INTEGER NOT NULL,              -- configuration and layers; of an index, its largest child
    archived_at       INTEGER,
    activated_at      INTEGER,
    last_pulled_at    INTEGER,
    scan_requested_at INTEGER,
    PRIMARY KEY (repository, manifest)
) STRICT, WITHOUT ROWID;
CREATE INDEX images_by_manifest ON images (manifest);
CREATE INDEX images_by_status ON images (repository, status, manifest);
CREATE INDEX images_untagged ON images (repository, manifest, status) WHERE tags = 0;

INSERT INTO images (repository, manifest, tags, image_size)
SELECT m.repository, m.id,
    (SELECT count(*) FROM tags t WHERE t.manifest = m.id),
    coalesce((SELECT sum(b.size) FROM manifest_blobs l JOIN blobs b ON b.id = l.blob WHERE l.manifest = m.id), 0)
FROM manifests m ORDER BY m.repository, m.id;

UPDATE images SET image_size = coalesce(
    (SELECT max(c.image_size) FROM manifest_children l
        JOIN manifests m ON m.repository = images.repository AND m.digest = l.child
        JOIN images c ON c.repository = m.repository AND c.manifest = m.id WHERE l.manifest = images.manifest), 0)
WHERE manifest IN (SELECT manifest FROM manifest_children);

-- Why an image went.
CREATE TABLE removed_images (
    id         INTEGER PRIMARY KEY,
    repository INTEGER NOT NULL REFERENCES repositories (id),
    digest     INTEGER NOT NULL REFERENCES digests (id),
    tags       TEXT    NOT NULL,                 -- a space between them
    reason     TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX removed_images_by_repository ON removed_images (repository);

-- Who did what. Each record is chained to the one before by its hash; the numbers have no gaps.
CREATE TABLE audit (
    seq        INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    account    INTEGER,
    principal  TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    resource   TEXT    NOT NULL,
    outcome    TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    previous   BLOB    NOT NULL,
    hash       BLOB    NOT NULL
) STRICT;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
