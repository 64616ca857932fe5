SELECT position, hash, recorded_at FROM registro.ente_head WHERE ente = $1 FOR UPDATE
