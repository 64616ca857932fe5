WITH put AS (
    INSERT INTO chiavi.chiave AS c (ente, subject, id, wrapped)
    SELECT $1, n.subject, n.id, n.wrapped FROM unnest($2::UUID[], $3::UUID[], $4::BYTEA[]) AS n (subject, id, wrapped)
    ON CONFLICT (ente, subject) DO UPDATE SET wrapped = NULL
    WHERE excluded.wrapped IS NULL AND c.wrapped IS NOT NULL AND c.id = excluded.id
    RETURNING c.ente, c.subject, c.id, c.wrapped
)
SELECT count(pg_notify('chiavi', ente || ' ' || id || ' ' || subject)) FROM put WHERE wrapped IS NULL
