-- Drafts of requests: what was filled in is sealed, each with a key of its own. `avvisata`: when its person was told that
-- it expires.
CREATE TABLE bozza (
  ente         TEXT   NOT NULL,
  id           TEXT   NOT NULL,
  proprietario TEXT   NOT NULL,
  dati         BYTEA  NOT NULL,
  creata       BIGINT NOT NULL,
  aggiornata   BIGINT NOT NULL,
  scade        BIGINT NOT NULL,
  avvisata     BIGINT,
  PRIMARY KEY (ente, id)
);
CREATE INDEX bozza_di ON bozza (ente, proprietario, aggiornata);
CREATE INDEX bozza_scade ON bozza (ente, scade, id);

-- Uploads that a draft names: they wait as long as it does.
CREATE TABLE bozza_allegato (
  ente     TEXT NOT NULL,
  bozza    TEXT NOT NULL,
  allegato TEXT NOT NULL,
  PRIMARY KEY (ente, bozza, allegato)
);
CREATE INDEX bozza_allegato_di ON bozza_allegato (ente, allegato);

-- What persons gave before, sealed; `soggetto` names the key.
CREATE TABLE profilo (
  ente       TEXT   NOT NULL,
  persona    TEXT   NOT NULL,
  soggetto   TEXT   NOT NULL,
  dati       BYTEA  NOT NULL,
  aggiornato BIGINT NOT NULL,
  PRIMARY KEY (ente, persona)
);
