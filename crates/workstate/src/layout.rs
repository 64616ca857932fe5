//! The tables, and how those of an older version are brought up to date.

use crate::database::Dialect;
use crate::{strange, unavailable};
use app::ports::WorkError;
use sqlx::{AnyPool, AssertSqlSafe};

/// Steps from an empty database to the present layout, in order. A step that was released is never edited: the next one
/// is added.
pub(crate) const STEPS: [&str; 5] = [
    include_str!("layout/1.sql"),
    include_str!("layout/2.sql"),
    include_str!("layout/3.sql"),
    include_str!("layout/4.sql"),
    include_str!("layout/5.sql"),
];

/// Takes the steps that this database has not seen, all or none. Nodes that start at once take turns.
pub(crate) async fn update(pool: &AnyPool, dialect: Dialect) -> Result<(), WorkError> {
    let mut transaction = pool.begin_with(dialect.begin_alone()).await.map_err(unavailable)?;
    for statement in dialect.prepare_schema() {
        sqlx::raw_sql(*statement).execute(&mut *transaction).await.map_err(unavailable)?;
    }
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS layout (versione BIGINT NOT NULL PRIMARY KEY)")
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
    let version: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(versione), 0) FROM layout")
        .fetch_one(&mut *transaction)
        .await
        .map_err(unavailable)?;
    let taken = usize::try_from(version).map_err(|_| strange("versione", version))?;
    if taken > STEPS.len() {
        let known = STEPS.len();
        return Err(WorkError(format!(
            "the tables have layout {version}, this program knows {known}: a newer version made them"
        )));
    }
    for (step, sql) in STEPS.iter().enumerate().skip(taken) {
        let sql = AssertSqlSafe(dialect.text_of(sql));
        sqlx::raw_sql(sql).execute(&mut *transaction).await.map_err(unavailable)?;
        sqlx::query("INSERT INTO layout (versione) VALUES ($1)")
            .bind(step as i64 + 1)
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
    }
    transaction.commit().await.map_err(unavailable)
}
