CREATE TABLE IF NOT EXISTS appuntamento_{v} (
    ente TEXT NOT NULL,
    id TEXT NOT NULL,
    codice TEXT NOT NULL,
    titolare TEXT NOT NULL,
    richiedente TEXT,
    email TEXT,
    telefono TEXT,
    motivo TEXT,
    servizio TEXT NOT NULL,
    versione BIGINT NOT NULL,
    nome_servizio TEXT NOT NULL,
    ufficio TEXT NOT NULL,
    sede TEXT NOT NULL,
    sportello TEXT NOT NULL,
    giorno TEXT NOT NULL,
    inizio BIGINT NOT NULL,
    fine BIGINT NOT NULL,
    stato TEXT NOT NULL,
    da_confermare BIGINT NOT NULL,
    canale TEXT NOT NULL,
    collegata TEXT,
    riservato BIGINT NOT NULL,
    disdetta_ore BIGINT NOT NULL,
    tolleranza_minuti BIGINT NOT NULL,
    assente_dal BIGINT NOT NULL,
    sequenza BIGINT NOT NULL,
    turno BIGINT,
    presentato_il BIGINT,
    chiamato_il BIGINT,
    concluso_il BIGINT,
    operatore TEXT,
    prenotato_il BIGINT NOT NULL,
    aggiornato_il BIGINT NOT NULL,
    posizione BIGINT NOT NULL,
    ultima BIGINT NOT NULL,
    PRIMARY KEY (ente, id)
);
CREATE INDEX IF NOT EXISTS appuntamento_{v}_titolare ON appuntamento_{v} (ente, titolare, posizione);
CREATE INDEX IF NOT EXISTS appuntamento_{v}_ufficio ON appuntamento_{v} (ente, ufficio, giorno, inizio);
CREATE INDEX IF NOT EXISTS appuntamento_{v}_stato ON appuntamento_{v} (ente, stato, inizio, id);
CREATE INDEX IF NOT EXISTS appuntamento_{v}_collegata ON appuntamento_{v} (ente, collegata, inizio);
CREATE TABLE IF NOT EXISTS occupato_{v} (
    ente TEXT NOT NULL,
    ufficio TEXT NOT NULL,
    giorno TEXT NOT NULL,
    chiave TEXT NOT NULL,
    sportello TEXT NOT NULL,
    inizio BIGINT NOT NULL,
    fine BIGINT NOT NULL,
    libero_dal BIGINT NOT NULL,
    servizio TEXT NOT NULL,
    canale TEXT NOT NULL,
    persona TEXT NOT NULL,
    scade BIGINT,
    offerta BIGINT NOT NULL,
    PRIMARY KEY (ente, ufficio, giorno, chiave)
);
CREATE TABLE IF NOT EXISTS giornata_{v} (
    ente TEXT NOT NULL,
    ufficio TEXT NOT NULL,
    giorno TEXT NOT NULL,
    posizione BIGINT NOT NULL,
    PRIMARY KEY (ente, ufficio, giorno)
);
CREATE TABLE IF NOT EXISTS chiusura_{v} (
    ente TEXT NOT NULL,
    ufficio TEXT NOT NULL,
    giorno TEXT NOT NULL,
    posizione BIGINT NOT NULL,
    sportelli TEXT NOT NULL,
    motivo TEXT NOT NULL,
    operatore TEXT NOT NULL,
    il BIGINT NOT NULL,
    PRIMARY KEY (ente, ufficio, giorno, posizione)
);
CREATE TABLE IF NOT EXISTS turno_{v} (
    ente TEXT NOT NULL,
    ufficio TEXT NOT NULL,
    giorno TEXT NOT NULL,
    turno BIGINT NOT NULL,
    appuntamento TEXT,
    servizio TEXT NOT NULL,
    assegnato_il BIGINT NOT NULL,
    sportello TEXT,
    operatore TEXT,
    chiamato_il BIGINT,
    concluso_il BIGINT,
    esito TEXT,
    PRIMARY KEY (ente, ufficio, giorno, turno)
);
CREATE TABLE IF NOT EXISTS attesa_{v} (
    ente TEXT NOT NULL,
    iscrizione TEXT NOT NULL,
    servizio TEXT NOT NULL,
    persona TEXT NOT NULL,
    appuntamento TEXT NOT NULL,
    prima_di BIGINT NOT NULL,
    uffici TEXT NOT NULL,
    dal TEXT NOT NULL,
    entro TEXT NOT NULL,
    iscritta_il BIGINT NOT NULL,
    offerte BIGINT NOT NULL,
    slot TEXT,
    blocco TEXT,
    scade BIGINT,
    uscita TEXT,
    uscita_il BIGINT,
    posizione BIGINT NOT NULL,
    PRIMARY KEY (ente, iscrizione)
);
CREATE INDEX IF NOT EXISTS attesa_{v}_servizio ON attesa_{v} (ente, servizio, posizione);
CREATE INDEX IF NOT EXISTS attesa_{v}_appuntamento ON attesa_{v} (ente, appuntamento, posizione);
CREATE INDEX IF NOT EXISTS attesa_{v}_scade ON attesa_{v} (ente, scade);
