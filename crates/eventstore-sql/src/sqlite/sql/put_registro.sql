INSERT INTO registro_head (ente, registro, anno, numero) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (ente, registro, anno) DO UPDATE SET numero = excluded.numero
