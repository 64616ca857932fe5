SELECT position, hash, recorded_at FROM ente_head WHERE ente = ?1
