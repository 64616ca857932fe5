CREATE TABLE IF NOT EXISTS storia_{v} (
    ente TEXT NOT NULL,
    pratica TEXT NOT NULL,
    posizione BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    evento TEXT NOT NULL,
    quando BIGINT NOT NULL,
    registrato_il BIGINT NOT NULL,
    attore TEXT,
    messaggio TEXT,
    segnatura TEXT,
    scadenza TEXT,
    parametri TEXT NOT NULL,
    PRIMARY KEY (ente, pratica, posizione)
);
