INSERT INTO registro.ente_head (ente, position, hash, recorded_at)
VALUES ($1, 0, decode(repeat('00', 32), 'hex'), (-9223372036854775808)::BIGINT) ON CONFLICT (ente) DO NOTHING
