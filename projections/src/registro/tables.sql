CREATE TABLE IF NOT EXISTS registrazione_{v} (
    ente TEXT NOT NULL,
    registro TEXT NOT NULL,
    anno BIGINT NOT NULL,
    numero BIGINT NOT NULL,
    data BIGINT NOT NULL,
    impronta TEXT NOT NULL,
    data_locale TEXT NOT NULL,
    flusso TEXT NOT NULL,
    oggetto TEXT NOT NULL,
    corrispondente TEXT,
    codice_fiscale TEXT,
    classifica TEXT NOT NULL,
    assegnazione TEXT NOT NULL,
    riservato BIGINT NOT NULL,
    pratica TEXT NOT NULL,
    tipo_pratica TEXT NOT NULL,
    allegati TEXT NOT NULL,
    nomi_allegati TEXT NOT NULL,
    primario TEXT,
    modificata BIGINT NOT NULL,
    posizione BIGINT NOT NULL,
    cerca TEXT NOT NULL,
    PRIMARY KEY (ente, numero, anno, registro)
);
CREATE INDEX IF NOT EXISTS registrazione_{v}_posizione ON registrazione_{v} (ente, posizione);
CREATE INDEX IF NOT EXISTS registrazione_{v}_anno ON registrazione_{v} (ente, anno, posizione);
CREATE INDEX IF NOT EXISTS registrazione_{v}_data ON registrazione_{v} (ente, data_locale, posizione);
CREATE INDEX IF NOT EXISTS registrazione_{v}_pratica ON registrazione_{v} (ente, pratica, posizione);
CREATE TABLE IF NOT EXISTS modifica_{v} (
    ente TEXT NOT NULL,
    posizione BIGINT NOT NULL,
    registro TEXT NOT NULL,
    anno BIGINT NOT NULL,
    numero BIGINT NOT NULL,
    quando BIGINT NOT NULL,
    campo TEXT NOT NULL,
    precedente TEXT NOT NULL,
    nuova TEXT NOT NULL,
    motivo TEXT NOT NULL,
    operatore TEXT NOT NULL,
    PRIMARY KEY (ente, posizione)
);
CREATE INDEX IF NOT EXISTS modifica_{v}_numero ON modifica_{v} (ente, registro, anno, numero, posizione);
