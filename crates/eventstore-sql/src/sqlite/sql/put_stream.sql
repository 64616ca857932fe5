INSERT INTO stream_head (ente, stream, version) VALUES (?1, ?2, ?3)
ON CONFLICT (ente, stream) DO UPDATE SET version = excluded.version
