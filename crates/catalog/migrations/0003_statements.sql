-- What is said of flaws in an account's images: VEX documents and exceptions.

-- Goes up with every change of either.
ALTER TABLE accounts ADD COLUMN statements_version INTEGER NOT NULL DEFAULT 0;

-- In the order in which they were added, which decides between statements of the same time.
CREATE TABLE vex_documents (
    id         INTEGER PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES accounts (id),
    digest     BLOB    NOT NULL,
    form       TEXT    NOT NULL,
    author     TEXT    NOT NULL,
    issued_at  INTEGER,                          -- by its own account
    statements INTEGER NOT NULL,
    added_by   TEXT    NOT NULL,
    added_at   INTEGER NOT NULL,
    size       INTEGER NOT NULL,
    content    BLOB    NOT NULL,
    UNIQUE (account, digest)
) STRICT;

CREATE TABLE exceptions (
    account  INTEGER NOT NULL REFERENCES accounts (id),
    id       TEXT    NOT NULL,
    added_by TEXT    NOT NULL,
    added_at INTEGER NOT NULL,
    document TEXT    NOT NULL,                   -- JSON
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
