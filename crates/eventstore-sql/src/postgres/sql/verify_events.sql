SELECT ente, position, stream, version, event_id, kind, schema_version, payload, meta, recorded_at, prev_hash, hash
FROM registro.event WHERE ente = $1 ORDER BY position
