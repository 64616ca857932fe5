SELECT numero FROM registro_head WHERE ente = ?1 AND registro = ?2 AND anno = ?3
