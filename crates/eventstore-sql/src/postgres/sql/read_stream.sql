SELECT ente, position, stream, version, event_id, kind, schema_version, payload, meta, recorded_at, prev_hash, hash
FROM registro.event WHERE ente = $1 AND stream = $2 AND version > $3 ORDER BY version LIMIT $4
