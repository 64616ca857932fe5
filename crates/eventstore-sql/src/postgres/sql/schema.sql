-- The log on PostgreSQL. Instants are microseconds since the epoch, hashes 32 bytes. Keys compare byte by byte.
CREATE SCHEMA IF NOT EXISTS registro;

-- Which layout this is: one row.
CREATE TABLE registro.layout (
    uno     BOOLEAN NOT NULL PRIMARY KEY DEFAULT true CHECK (uno),
    version BIGINT  NOT NULL
);

-- End of the log of each ente; its row is the lock of the ente. `fence` is raised by a node that does not know what became
-- of a write, so that the write cannot take effect any more. Every commit updates the row: it stays on its page.
CREATE TABLE registro.ente_head (
    ente        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    position    BIGINT NOT NULL,
    hash        BYTEA  NOT NULL,
    recorded_at BIGINT NOT NULL,
    fence       BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

-- Last version of each stream.
CREATE TABLE registro.stream_head (
    ente    TEXT COLLATE "C" NOT NULL,
    stream  TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (ente, stream)
) WITH (fillfactor = 90);

-- Last number of each register and year.
CREATE TABLE registro.registro_head (
    ente     TEXT COLLATE "C" NOT NULL,
    registro TEXT COLLATE "C" NOT NULL,
    anno     BIGINT NOT NULL,
    numero   BIGINT NOT NULL,
    PRIMARY KEY (ente, registro, anno)
) WITH (fillfactor = 10);

-- Every number given out, with the first position of the batch that holds it. The key makes a second use an error.
CREATE TABLE registro.registro_numero (
    ente     TEXT COLLATE "C" NOT NULL,
    registro TEXT COLLATE "C" NOT NULL,
    anno     BIGINT NOT NULL,
    numero   BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (ente, registro, anno, numero)
);

-- The records.
CREATE TABLE registro.event (
    ente           TEXT COLLATE "C" NOT NULL,
    position       BIGINT NOT NULL,
    stream         TEXT COLLATE "C" NOT NULL,
    version        BIGINT NOT NULL,
    event_id       UUID   NOT NULL,
    kind           TEXT   NOT NULL,
    schema_version BIGINT NOT NULL,
    payload        TEXT   NOT NULL,
    meta           TEXT   NOT NULL,
    recorded_at    BIGINT NOT NULL,
    prev_hash      BYTEA  NOT NULL,
    hash           BYTEA  NOT NULL,
    PRIMARY KEY (ente, position),
    UNIQUE (ente, stream, version),
    CONSTRAINT event_id_once UNIQUE (event_id)
);

-- Commands already done.
CREATE TABLE registro.idempotency (
    ente        TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA  NOT NULL,
    first       BIGINT NOT NULL,
    last        BIGINT NOT NULL,
    PRIMARY KEY (ente, key)
);
-- Whoever reads the log in stretches finds keys by their place.
CREATE INDEX idempotency_place ON registro.idempotency (ente, last);

CREATE FUNCTION registro.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed: % refused', TG_TABLE_NAME, TG_OP;
END $$;

CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON registro.event
FOR EACH STATEMENT EXECUTE FUNCTION registro.refuse();
CREATE TRIGGER registro_numero_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON registro.registro_numero
FOR EACH STATEMENT EXECUTE FUNCTION registro.refuse();
CREATE TRIGGER idempotency_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON registro.idempotency
FOR EACH STATEMENT EXECUTE FUNCTION registro.refuse();

INSERT INTO registro.layout (version) VALUES (1);
