-- The log on SQLite. Instants are microseconds since the epoch, hashes 32 bytes, ids 16 bytes.

-- End of the log of each ente.
CREATE TABLE ente_head (
    ente        TEXT    NOT NULL PRIMARY KEY,
    position    INTEGER NOT NULL,
    hash        BLOB    NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Last version of each stream.
CREATE TABLE stream_head (
    ente    TEXT    NOT NULL,
    stream  TEXT    NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (ente, stream)
) STRICT, WITHOUT ROWID;

-- Last number of each register and year.
CREATE TABLE registro_head (
    ente     TEXT    NOT NULL,
    registro TEXT    NOT NULL,
    anno     INTEGER NOT NULL,
    numero   INTEGER NOT NULL,
    PRIMARY KEY (ente, registro, anno)
) STRICT, WITHOUT ROWID;

-- Every number given out, with the first position of the batch that holds it. The key makes a second use an error.
CREATE TABLE registro_numero (
    ente     TEXT    NOT NULL,
    registro TEXT    NOT NULL,
    anno     INTEGER NOT NULL,
    numero   INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (ente, registro, anno, numero)
) STRICT, WITHOUT ROWID;

-- The records. Rows of a few kilobytes: a table with row ids keeps them out of the inner pages of an index.
CREATE TABLE event (
    ente           TEXT    NOT NULL,
    position       INTEGER NOT NULL,
    stream         TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    event_id       BLOB    NOT NULL,
    kind           TEXT    NOT NULL,
    schema_version INTEGER NOT NULL,
    payload        TEXT    NOT NULL,
    meta           TEXT    NOT NULL,
    recorded_at    INTEGER NOT NULL,
    prev_hash      BLOB    NOT NULL,
    hash           BLOB    NOT NULL,
    PRIMARY KEY (ente, position),
    UNIQUE (ente, stream, version),
    UNIQUE (event_id)
) STRICT;

-- Commands already done.
CREATE TABLE idempotency (
    ente        TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    first       INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    PRIMARY KEY (ente, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER event_is_never_updated BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'records are never changed'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END;
CREATE TRIGGER registro_numero_is_never_updated BEFORE UPDATE ON registro_numero
BEGIN SELECT RAISE(ABORT, 'numbers are never changed'); END;
CREATE TRIGGER registro_numero_is_never_deleted BEFORE DELETE ON registro_numero
BEGIN SELECT RAISE(ABORT, 'numbers are never deleted'); END;
CREATE TRIGGER idempotency_is_never_updated BEFORE UPDATE ON idempotency
BEGIN SELECT RAISE(ABORT, 'keys are never changed'); END;
CREATE TRIGGER idempotency_is_never_deleted BEFORE DELETE ON idempotency
BEGIN SELECT RAISE(ABORT, 'keys are never deleted'); END;
