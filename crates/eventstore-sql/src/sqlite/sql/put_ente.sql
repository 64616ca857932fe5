INSERT INTO ente_head (ente, position, hash, recorded_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (ente) DO UPDATE SET position = excluded.position, hash = excluded.hash, recorded_at = excluded.recorded_at
