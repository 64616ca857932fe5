//! A look at a database before anything is opened in it.

use crate::OpenError;
use sqlx::{Connection as _, PgConnection};

/// Whether keys were made in the database: from then on only their master key opens it.
pub(crate) async fn in_use(url: &str) -> Result<bool, OpenError> {
    let failed = |error| OpenError::postgres(url, error);
    let mut connection = PgConnection::connect(url).await.map_err(failed)?;
    let table = "SELECT to_regclass('chiavi.prova') IS NOT NULL";
    let mut used = sqlx::query_scalar(table).fetch_one(&mut connection).await.map_err(failed)?;
    if used {
        let row = "SELECT EXISTS (SELECT FROM chiavi.prova)";
        used = sqlx::query_scalar(row).fetch_one(&mut connection).await.map_err(failed)?;
    }
    connection.close().await.map_err(failed)?;
    Ok(used)
}
