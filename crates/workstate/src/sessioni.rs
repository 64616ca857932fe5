//! Sessions: opaque bytes under the hash of their id.

use crate::{limits, micros, unavailable};
use app::ports::WorkError;
use jiff::Timestamp;
use sqlx::{AnyPool, Row};

pub(crate) async fn save(pool: &AnyPool, key: String, data: Vec<u8>, expires: Timestamp) -> Result<(), WorkError> {
    if data.len() > limits::SESSION_BYTES {
        let (bytes, limit) = (data.len(), limits::SESSION_BYTES);
        return Err(WorkError(format!("a session of {bytes} bytes, at most {limit}")));
    }
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

pub(crate) async fn purge(pool: &AnyPool, now: Timestamp) -> Result<u64, WorkError> {
    let delete = sqlx::query("DELETE FROM session WHERE scade <= $1").bind(micros(now));
    delete.execute(pool).await.map(|done| done.rows_affected()).map_err(unavailable)
}
