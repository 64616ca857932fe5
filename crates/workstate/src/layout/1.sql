-- Working data: may change and vanish. Only what SQLite and PostgreSQL share (there keys compare byte by byte: see
-- layout.rs). IF NOT EXISTS: databases older than the table `layout` have these tables already.
-- Instants: microseconds since 1970-01-01T00:00:00Z. Ids: UUID as text.
-- BYTEA is PostgreSQL's word for bytes; SQLite keeps bytes as bytes whatever the column is called.

-- Files that a person sent and may file.
CREATE TABLE IF NOT EXISTS upload (
  ente         TEXT   NOT NULL,
  id           TEXT   NOT NULL,
  proprietario TEXT   NOT NULL,
  nome         TEXT   NOT NULL,
  formato      TEXT   NOT NULL,
  dimensione   BIGINT NOT NULL,
  impronta     TEXT   NOT NULL,
  caricato_il  BIGINT NOT NULL,
  PRIMARY KEY (ente, id)
);

-- Sessions under the hash of their id.
CREATE TABLE IF NOT EXISTS session (
  chiave TEXT   NOT NULL PRIMARY KEY,
  dati   BYTEA  NOT NULL,
  scade  BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS session_scade ON session (scade);

-- Up to where a process has read the log of an ente.
CREATE TABLE IF NOT EXISTS process_position (
  processo  TEXT   NOT NULL,
  ente      TEXT   NOT NULL,
  posizione BIGINT NOT NULL,
  PRIMARY KEY (processo, ente)
);

-- Notices on their way. `lease_fino`: nobody else takes the row before; 0 when free.
CREATE TABLE IF NOT EXISTS consegna (
  ente       TEXT   NOT NULL,
  dedupe     TEXT   NOT NULL,
  pratica    TEXT   NOT NULL,
  tipo       TEXT   NOT NULL,
  causa      TEXT   NOT NULL,
  motivo     TEXT   NOT NULL,
  tentativi  BIGINT NOT NULL,
  prossimo   BIGINT NOT NULL,
  creata     BIGINT NOT NULL,
  stato      TEXT   NOT NULL,
  errore     TEXT,
  lease_fino BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (ente, dedupe)
);
CREATE INDEX IF NOT EXISTS consegna_da_fare ON consegna (stato, prossimo);
CREATE INDEX IF NOT EXISTS consegna_di_ente ON consegna (ente, stato, creata);
