INSERT INTO registro_numero (ente, registro, anno, numero, position) VALUES (?1, ?2, ?3, ?4, ?5)
