INSERT INTO event (ente, position, stream, version, event_id, kind, schema_version, payload, meta, recorded_at, prev_hash, hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
