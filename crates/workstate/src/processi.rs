//! Processes: how far each has read the log, and which node runs it.

use crate::{micros, signed, unavailable, unsigned};
use app::ports::WorkError;
use jiff::Timestamp;
use sqlx::{AnyConnection, AnyPool, Row};

pub(crate) async fn position(pool: &AnyPool, process: &str, ente: &str) -> Result<u64, WorkError> {
    let row = sqlx::query("SELECT posizione FROM process_position WHERE processo = $1 AND ente = $2")
        .bind(process.to_owned())
        .bind(ente.to_owned())
        .fetch_optional(pool)
        .await
        .map_err(unavailable)?;
    let Some(row) = row else { return Ok(0) };
    unsigned("posizione", row.try_get("posizione").map_err(unavailable)?)
}

/// Moves a process on; a position behind the one that is kept changes nothing. The first statement of a transaction, so
/// that SQLite takes its write lock here and never finds its snapshot too old later.
pub(crate) async fn advance(
    transaction: &mut AnyConnection,
    process: &str,
    ente: &str,
    position: u64,
) -> Result<(), WorkError> {
    sqlx::query(
        "INSERT INTO process_position (processo, ente, posizione) VALUES ($1, $2, $3)
         ON CONFLICT (processo, ente) DO UPDATE SET posizione = excluded.posizione
         WHERE process_position.posizione < excluded.posizione",
    )
    .bind(process.to_owned())
    .bind(ente.to_owned())
    .bind(signed("posizione", position)?)
    .execute(transaction)
    .await
    .map_err(unavailable)?;
    Ok(())
}

pub(crate) async fn rewind(pool: &AnyPool, process: &str, ente: &str, position: u64) -> Result<(), WorkError> {
    sqlx::query("UPDATE process_position SET posizione = $1 WHERE processo = $2 AND ente = $3 AND posizione > $1")
        .bind(signed("posizione", position)?)
        .bind(process.to_owned())
        .bind(ente.to_owned())
        .execute(pool)
        .await
        .map_err(unavailable)?;
    Ok(())
}

pub(crate) async fn hold(
    pool: &AnyPool,
    process: &str,
    node: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, WorkError> {
    // Both engines judge the condition on the row as it is under the lock: of nodes that ask at once one is told yes.
    let done = sqlx::query(
        "INSERT INTO process_lease (processo, nodo, fino) VALUES ($1, $2, $3)
         ON CONFLICT (processo) DO UPDATE SET nodo = excluded.nodo, fino = excluded.fino
         WHERE process_lease.nodo = excluded.nodo OR process_lease.fino <= $4",
    )
    .bind(process.to_owned())
    .bind(node.to_owned())
    .bind(micros(until))
    .bind(micros(now))
    .execute(pool)
    .await
    .map_err(unavailable)?;
    Ok(done.rows_affected() > 0)
}

pub(crate) async fn release(pool: &AnyPool, process: &str, node: &str) -> Result<(), WorkError> {
    sqlx::query("DELETE FROM process_lease WHERE processo = $1 AND nodo = $2")
        .bind(process.to_owned())
        .bind(node.to_owned())
        .execute(pool)
        .await
        .map_err(unavailable)?;
    Ok(())
}
