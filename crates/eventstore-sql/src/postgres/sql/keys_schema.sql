CREATE SCHEMA IF NOT EXISTS chiavi;

-- Which layout this is: one row.
CREATE TABLE chiavi.layout (
    uno     BOOLEAN NOT NULL PRIMARY KEY DEFAULT true CHECK (uno),
    version BIGINT  NOT NULL
);

-- Data keys, each wrapped by the master key. A destroyed key keeps its row without its material, so that no new one is made.
-- Room on each page: a destruction stays on its page, where VACUUM clears what it left.
CREATE TABLE chiavi.chiave (
    ente    TEXT COLLATE "C" NOT NULL,
    subject UUID NOT NULL,
    id      UUID NOT NULL UNIQUE,
    wrapped BYTEA,
    PRIMARY KEY (ente, subject)
) WITH (fillfactor = 90);

-- A key of no use but to tell whether the master key is the right one.
CREATE TABLE chiavi.prova (
    uno     BOOLEAN NOT NULL PRIMARY KEY DEFAULT true CHECK (uno),
    wrapped BYTEA   NOT NULL
);

INSERT INTO chiavi.layout (version) VALUES (1);
