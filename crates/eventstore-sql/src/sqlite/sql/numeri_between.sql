-- Numbers whose position lies after $2 and up to $3. Numbers of a register stand in the log in their order, so that halving
-- finds the last one up to $2 without an index by position; of the $3 - $2 numbers after it some lie in the run.
WITH RECURSIVE place (registro, anno, low, high) AS (
    SELECT registro, anno, 0, numero + 1 FROM registro_head WHERE ente = $1
    UNION ALL
    SELECT p.registro, p.anno,
        CASE WHEN n.position <= $2 THEN n.numero ELSE p.low END,
        CASE WHEN n.position <= $2 THEN p.high ELSE n.numero END
    FROM place p CROSS JOIN registro_numero n
    WHERE n.ente = $1 AND n.registro = p.registro AND n.anno = p.anno AND n.numero = (p.low + p.high) / 2
        AND p.high - p.low > 1
)
SELECT n.registro, n.anno, n.numero, n.position
FROM place p CROSS JOIN registro_numero n
WHERE p.high - p.low = 1 AND n.ente = $1 AND n.registro = p.registro AND n.anno = p.anno
    AND n.numero > p.low AND n.numero <= p.low + $3 - $2 AND n.position <= $3
ORDER BY n.position
