//! One transaction a filing on PostgreSQL, the number from a row that is locked: the usual way to number without holes.

use super::rows::{Filing, Samples};
use super::{Writer, now};
use crate::Failure;
use sqlx::Row as _;
use sqlx::postgres::{PgPool, PgPoolOptions};
use std::time::Duration;

/// Its pool.
pub struct Naive {
    pool: PgPool,
    samples: Samples,
}

impl Naive {
    /// Opens a pool with a connection for each client on a log whose tables are there, and sets the counters to zero.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn open(url: &str, samples: &Samples, clients: u32) -> Result<Self, Failure> {
        let pool = PgPoolOptions::new().max_connections(clients).acquire_timeout(Duration::from_mins(1));
        let pool = pool.connect(url).await?;
        let head =
            sqlx::query("INSERT INTO registro.ente_head (ente, position, hash, recorded_at) VALUES ($1, 0, $2, 0)");
        head.bind(&samples.ente).bind([0u8; 32]).execute(&pool).await?;
        let counter =
            sqlx::query("INSERT INTO registro.registro_head (ente, registro, anno, numero) VALUES ($1, 'PROT', $2, 0)");
        counter.bind(&samples.ente).bind(samples.anno).execute(&pool).await?;
        Ok(Self { pool, samples: samples.clone() })
    }
}

impl Writer for Naive {
    async fn file(&self, filing: Filing) -> Result<u64, Failure> {
        let ente = self.samples.ente.as_str();
        let register = self.samples.register_stream();
        let (anno, at, hash) = (self.samples.anno, now(), &filing.fingerprint[..]);
        let mut tx = self.pool.begin().await?;
        let head = sqlx::query("SELECT position, hash FROM registro.ente_head WHERE ente = $1 FOR UPDATE");
        let head = head.bind(ente).fetch_one(&mut *tx).await?;
        let (mut position, mut prev) = (head.try_get::<i64, _>(0)?, head.try_get::<Vec<u8>, _>(1)?);
        let number = sqlx::query(
            "UPDATE registro.registro_head SET numero = numero + 1 WHERE ente = $1 AND registro = 'PROT' AND anno = $2
             RETURNING numero",
        );
        let numero: i64 = number.bind(ente).bind(anno).fetch_one(&mut *tx).await?.try_get(0)?;
        let (first, mut version) = (position + 1, 0);
        for row in &filing.rows {
            position += 1;
            let (stream, version) = if row.entry {
                (&register, numero)
            } else {
                version += 1;
                (&filing.stream, version)
            };
            let insert = sqlx::query(
                "INSERT INTO registro.event (ente, position, stream, version, event_id, kind, schema_version, payload, meta,
                 recorded_at, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            );
            let insert =
                insert.bind(ente).bind(position).bind(stream).bind(version).bind(row.event_id).bind(&*row.kind);
            let insert = insert.bind(row.schema_version).bind(&*row.payload).bind(&*row.meta).bind(at);
            insert.bind(prev).bind(hash).execute(&mut *tx).await?;
            prev = hash.to_vec();
        }
        let given = sqlx::query(
            "INSERT INTO registro.registro_numero (ente, registro, anno, numero, position) VALUES ($1, 'PROT', $2, $3, $4)",
        );
        given.bind(ente).bind(anno).bind(numero).bind(first).execute(&mut *tx).await?;
        let key = sqlx::query(
            "INSERT INTO registro.idempotency (ente, key, fingerprint, first, last) VALUES ($1, $2, $3, $4, $5)",
        );
        key.bind(ente).bind(&filing.key).bind(hash).bind(first).bind(position).execute(&mut *tx).await?;
        let heads = sqlx::query(
            "INSERT INTO registro.stream_head (ente, stream, version) VALUES ($1, $2, $3), ($1, $4, $5)
             ON CONFLICT (ente, stream) DO UPDATE SET version = excluded.version",
        );
        heads.bind(ente).bind(&filing.stream).bind(version).bind(&register).bind(numero).execute(&mut *tx).await?;
        let end =
            sqlx::query("UPDATE registro.ente_head SET position = $2, hash = $3, recorded_at = $4 WHERE ente = $1");
        end.bind(ente).bind(position).bind(hash).bind(at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(numero as u64)
    }
}
