INSERT INTO idempotency (ente, key, fingerprint, first, last) VALUES (?1, ?2, ?3, ?4, ?5)
