SELECT key, fingerprint, first, last FROM registro.idempotency
WHERE ente = $1 AND last > $2 AND last <= $3 ORDER BY last
