WITH events AS (
    INSERT INTO registro.event
        (ente, position, stream, version, event_id, kind, schema_version, payload, meta, recorded_at, prev_hash, hash)
    SELECT $1, n.* FROM unnest(
        $5::BIGINT[], $6::TEXT[], $7::BIGINT[], $8::UUID[], $9::TEXT[], $10::BIGINT[], $11::TEXT[], $12::TEXT[],
        $15::BIGINT[], $13::BYTEA[], $14::BYTEA[]
    ) AS n
), numeri AS (
    INSERT INTO registro.registro_numero (ente, registro, anno, numero, position)
    SELECT $1, n.* FROM unnest($16::TEXT[], $17::BIGINT[], $18::BIGINT[], $19::BIGINT[]) AS n
), keys AS (
    INSERT INTO registro.idempotency (ente, key, fingerprint, first, last)
    SELECT $1, n.* FROM unnest($20::TEXT[], $21::BYTEA[], $22::BIGINT[], $23::BIGINT[]) AS n
), streams AS (
    INSERT INTO registro.stream_head (ente, stream, version)
    SELECT $1, n.* FROM unnest($24::TEXT[], $25::BIGINT[]) AS n
    ON CONFLICT (ente, stream) DO UPDATE SET version = excluded.version
), registri AS (
    INSERT INTO registro.registro_head (ente, registro, anno, numero)
    SELECT $1, n.* FROM unnest($26::TEXT[], $27::BIGINT[], $28::BIGINT[]) AS n
    ON CONFLICT (ente, registro, anno) DO UPDATE SET numero = excluded.numero
)
UPDATE registro.ente_head SET position = $2, hash = $3, recorded_at = $4 WHERE ente = $1
