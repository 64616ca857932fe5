WITH wanted AS (
    SELECT ente, subject, id, wrapped
    FROM unnest($1::TEXT[], $2::UUID[], $3::UUID[], $4::BYTEA[]) AS n (ente, subject, id, wrapped)
), made AS (
    INSERT INTO chiavi.chiave (ente, subject, id, wrapped)
    SELECT w.ente, w.subject, w.id, w.wrapped FROM wanted w
    WHERE NOT EXISTS (SELECT FROM chiavi.chiave c WHERE c.ente = w.ente AND c.subject = w.subject)
    ON CONFLICT (ente, subject) DO NOTHING
    RETURNING ente, subject, id, wrapped
)
SELECT ente, subject, id, wrapped FROM made
UNION ALL
SELECT c.ente, c.subject, c.id, c.wrapped FROM wanted w
JOIN chiavi.chiave c ON c.ente = w.ente AND c.subject = w.subject
