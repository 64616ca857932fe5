//! Sessions: opaque bytes under the hash of their id.

use crate::database::Dialect;
use crate::{limits, micros, unavailable};
use app::ports::WorkError;
use jiff::Timestamp;
use sqlx::{AnyPool, AssertSqlSafe, Row};

fn bounded(data: &[u8]) -> Result<(), WorkError> {
    let (bytes, limit) = (data.len(), limits::SESSION_BYTES);
    if bytes <= limit { Ok(()) } else { Err(WorkError(format!("a session of {bytes} bytes, at most {limit}"))) }
}

pub(crate) async fn save(pool: &AnyPool, key: String, data: Vec<u8>, expires: Timestamp) -> Result<(), WorkError> {
    bounded(&data)?;
    sqlx::query(
        "INSERT INTO session (chiave, dati, scade) VALUES ($1, $2, $3)
         ON CONFLICT (chiave) DO UPDATE SET dati = excluded.dati, scade = excluded.scade",
    )
    .bind(key)
    .bind(data)
    .bind(micros(expires))
    .execute(pool)
    .await
    .map_err(unavailable)?;
    Ok(())
}

pub(crate) async fn renew(
    pool: &AnyPool,
    key: &str,
    data: Vec<u8>,
    expires: Timestamp,
    now: Timestamp,
) -> Result<bool, WorkError> {
    bounded(&data)?;
    let done = sqlx::query("UPDATE session SET dati = $1, scade = $2 WHERE chiave = $3 AND scade > $4")
        .bind(data)
        .bind(micros(expires))
        .bind(key.to_owned())
        .bind(micros(now))
        .execute(pool)
        .await
        .map_err(unavailable)?;
    Ok(done.rows_affected() > 0)
}

pub(crate) async fn get(pool: &AnyPool, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>, WorkError> {
    sqlx::query("SELECT dati FROM session WHERE chiave = $1 AND scade > $2")
        .bind(key.to_owned())
        .bind(micros(now))
        .fetch_optional(pool)
        .await
        .and_then(|row| row.map(|row| row.try_get("dati")).transpose())
        .map_err(unavailable)
}

pub(crate) async fn delete(pool: &AnyPool, key: &str) -> Result<(), WorkError> {
    let delete = sqlx::query("DELETE FROM session WHERE chiave = $1").bind(key.to_owned());
    delete.execute(pool).await.map(|_| ()).map_err(unavailable)
}

pub(crate) async fn purge(pool: &AnyPool, dialect: Dialect, now: Timestamp) -> Result<u64, WorkError> {
    // Nodes that clean up at once would lock the same rows in different orders; a session that is being renewed stays.
    let sql = format!(
        "DELETE FROM session WHERE chiave IN (SELECT chiave FROM session WHERE scade <= $1 LIMIT $2 {})",
        dialect.skip_locked()
    );
    let delete = sqlx::query(AssertSqlSafe(sql)).bind(micros(now)).bind(limits::PURGE);
    delete.execute(pool).await.map(|done| done.rows_affected()).map_err(unavailable)
}
