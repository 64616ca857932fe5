WITH moved AS (
    UPDATE registro.ente_head SET position = $2, hash = $3, recorded_at = $4
    WHERE ente = $1 AND position = $5 AND hash = $6 AND fence = $7
        AND NOT EXISTS (SELECT FROM registro.stream_head WHERE ente = $1 AND stream = ANY ($8))
        AND NOT EXISTS (SELECT FROM registro.idempotency WHERE ente = $1 AND key = ANY ($9))
    RETURNING ente
), events AS (
    INSERT INTO registro.event
        (ente, position, stream, version, event_id, kind, schema_version, payload, meta, recorded_at, prev_hash, hash)
    SELECT moved.ente, n.position, n.stream, n.version, n.event_id, n.kind, n.schema_version, n.payload, n.meta, $4,
        n.prev_hash, n.hash
    FROM moved, unnest(
        $10::BIGINT[], $11::TEXT[], $12::BIGINT[], $13::UUID[], $14::TEXT[], $15::BIGINT[], $16::TEXT[], $17::TEXT[],
        $18::BYTEA[], $19::BYTEA[]
    ) AS n (position, stream, version, event_id, kind, schema_version, payload, meta, prev_hash, hash)
), numeri AS (
    INSERT INTO registro.registro_numero (ente, registro, anno, numero, position)
    SELECT moved.ente, n.registro, n.anno, n.numero, n.position
    FROM moved, unnest($20::TEXT[], $21::BIGINT[], $22::BIGINT[], $23::BIGINT[]) AS n (registro, anno, numero, position)
), keys AS (
    INSERT INTO registro.idempotency (ente, key, fingerprint, first, last)
    SELECT moved.ente, n.key, n.fingerprint, n.first, n.last
    FROM moved, unnest($24::TEXT[], $25::BYTEA[], $26::BIGINT[], $27::BIGINT[]) AS n (key, fingerprint, first, last)
), streams AS (
    INSERT INTO registro.stream_head (ente, stream, version)
    SELECT moved.ente, n.stream, n.version FROM moved, unnest($28::TEXT[], $29::BIGINT[]) AS n (stream, version)
    ON CONFLICT (ente, stream) DO UPDATE SET version = excluded.version
), registri AS (
    INSERT INTO registro.registro_head (ente, registro, anno, numero)
    SELECT moved.ente, n.registro, n.anno, n.numero
    FROM moved, unnest($30::TEXT[], $31::BIGINT[], $32::BIGINT[]) AS n (registro, anno, numero)
    ON CONFLICT (ente, registro, anno) DO UPDATE SET numero = excluded.numero
)
SELECT 1 FROM moved
