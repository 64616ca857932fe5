SELECT 0::BIGINT AS kind, '' AS name, fence AS n, position AS first, recorded_at AS last, hash AS bytes
FROM registro.ente_head WHERE ente = $1
UNION ALL
SELECT 1, stream, 0, version, 0, NULL FROM registro.stream_head WHERE ente = $1 AND stream = ANY ($2)
UNION ALL
SELECT 2, registro, anno, numero, 0, NULL
FROM registro.registro_head WHERE ente = $1 AND registro = ANY ($3) AND anno = ANY ($4)
UNION ALL
SELECT 3, key, 0, first, last, fingerprint FROM registro.idempotency WHERE ente = $1 AND key = ANY ($5)
