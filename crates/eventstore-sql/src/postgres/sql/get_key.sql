SELECT fingerprint, first, last FROM registro.idempotency WHERE ente = $1 AND key = $2
