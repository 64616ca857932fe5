CREATE TABLE IF NOT EXISTS audit_{v} (
    ente TEXT NOT NULL,
    posizione BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    versione BIGINT NOT NULL,
    evento TEXT NOT NULL,
    attore TEXT NOT NULL,
    ruolo TEXT NOT NULL,
    livello BIGINT,
    canale TEXT NOT NULL,
    quando BIGINT NOT NULL,
    hash TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    PRIMARY KEY (ente, posizione)
);
CREATE INDEX IF NOT EXISTS audit_{v}_stream ON audit_{v} (ente, stream, posizione);
CREATE INDEX IF NOT EXISTS audit_{v}_attore ON audit_{v} (ente, attore, posizione);
CREATE INDEX IF NOT EXISTS audit_{v}_evento ON audit_{v} (ente, evento, posizione);
