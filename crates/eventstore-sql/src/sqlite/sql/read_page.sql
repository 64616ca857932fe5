SELECT ente, position, stream, version, event_id, kind, schema_version, payload, meta, recorded_at, prev_hash, hash
FROM (
    SELECT *, sum(length(payload)) OVER (
        ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before
    FROM (SELECT * FROM event WHERE ente = $1 AND position > $2 ORDER BY position LIMIT $3)
)
WHERE coalesce(before, 0) < $4 ORDER BY position
