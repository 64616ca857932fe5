-- Data keys, each wrapped by the master key. A destroyed key keeps its row without its material, so that no new one is made.
CREATE TABLE chiave (
    ente    TEXT NOT NULL,
    subject BLOB NOT NULL,
    id      BLOB NOT NULL UNIQUE,
    wrapped BLOB,
    PRIMARY KEY (ente, subject)
) STRICT, WITHOUT ROWID;

-- A key of no use but to tell whether the master key is the right one.
CREATE TABLE prova (
    uno     INTEGER NOT NULL PRIMARY KEY CHECK (uno = 1),
    wrapped BLOB    NOT NULL
) STRICT;
