SELECT fingerprint, first, last FROM idempotency WHERE ente = ?1 AND key = ?2
