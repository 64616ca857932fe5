SELECT key, fingerprint, first, last FROM idempotency WHERE ente = $1 AND last > $2 AND last <= $3 ORDER BY last
