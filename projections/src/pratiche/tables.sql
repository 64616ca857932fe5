CREATE TABLE IF NOT EXISTS pratica_{v} (
    ente TEXT NOT NULL,
    id TEXT NOT NULL,
    codice TEXT NOT NULL,
    tipo TEXT NOT NULL,
    stato TEXT NOT NULL,
    titolare TEXT NOT NULL,
    richiedente TEXT,
    titolo TEXT,
    oggetto TEXT NOT NULL,
    ufficio TEXT NOT NULL,
    riservato BIGINT NOT NULL,
    servizio TEXT,
    categoria TEXT,
    da_pratica TEXT,
    registro TEXT,
    anno BIGINT,
    numero BIGINT,
    protocollata_il BIGINT,
    impronta TEXT,
    inviata_il BIGINT NOT NULL,
    aggiornata_il BIGINT NOT NULL,
    scadenza TEXT,
    operatore TEXT,
    conclusa_il BIGINT,
    latitudine DOUBLE PRECISION,
    longitudine DOUBLE PRECISION,
    prima TEXT,
    posizione BIGINT NOT NULL,
    ultima BIGINT NOT NULL,
    cerca TEXT NOT NULL,
    PRIMARY KEY (ente, id)
);
CREATE INDEX IF NOT EXISTS pratica_{v}_posizione ON pratica_{v} (ente, posizione);
CREATE INDEX IF NOT EXISTS pratica_{v}_titolare ON pratica_{v} (ente, titolare, posizione);
CREATE INDEX IF NOT EXISTS pratica_{v}_ufficio ON pratica_{v} (ente, ufficio, stato, posizione);
CREATE INDEX IF NOT EXISTS pratica_{v}_codice ON pratica_{v} (ente, codice);
