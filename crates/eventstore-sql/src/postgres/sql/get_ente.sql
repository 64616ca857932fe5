SELECT position, hash FROM registro.ente_head WHERE ente = $1
