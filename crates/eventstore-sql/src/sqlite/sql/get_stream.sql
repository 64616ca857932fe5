SELECT version FROM stream_head WHERE ente = ?1 AND stream = ?2
