-- The head of each ente's queue is one look at the index, however long the queue is.
DROP INDEX consegna_da_fare;
CREATE INDEX consegna_da_fare ON consegna (stato, ente, prossimo, dedupe);
