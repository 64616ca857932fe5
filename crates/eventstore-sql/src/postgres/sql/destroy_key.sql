WITH gone AS (
    INSERT INTO chiavi.chiave (ente, subject, id, wrapped) VALUES ($1, $2, $3, NULL)
    ON CONFLICT (ente, subject) DO UPDATE SET wrapped = NULL
    RETURNING ente, subject, id
)
SELECT id, pg_notify('chiavi', ente || ' ' || id || ' ' || subject) FROM gone
