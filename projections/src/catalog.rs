//! The read database's own tables: which generation of each read model is live, and how far each has come.

use crate::projection::{Projection, statements};
use crate::sql::{Dialect, Pools, Riga, Sql};
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::HashMap;

/// `projection_live` names complete generations only; `projection_table` remembers what to drop.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS projection_live (
    projection TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    generation BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS projection_table (
    name TEXT NOT NULL PRIMARY KEY,
    projection TEXT NOT NULL,
    version BIGINT NOT NULL,
    generation BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS checkpoint (
    projection TEXT NOT NULL,
    version BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    ente TEXT NOT NULL,
    position BIGINT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (projection, version, generation, ente)
);
";

/// A place in the log of an ente: the last record folded, and its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) position: u64,
    pub(crate) hash: [u8; 32],
}

impl Mark {
    /// Before the first record.
    pub(crate) const START: Self = Self { position: 0, hash: eventstore::hash::GENESIS };
}

/// One set of tables of a read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Build {
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    pub(crate) generation: u32,
}

impl Build {
    fn write(self, sql: &mut Sql) {
        sql.push("projection = ").bind(self.name).push(" AND version = ").bind(self.version);
        sql.push(" AND generation = ").bind(self.generation);
    }
}

pub(crate) async fn init(pools: &Pools) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(TABLES).execute(&pools.write).await.map(|_| ())
}

/// Version and generation in service, of each read model that has one.
pub(crate) async fn live(pools: &Pools) -> Result<HashMap<String, (u32, u32)>, sqlx::Error> {
    let rows = Sql::new(pools.dialect, "SELECT * FROM projection_live").rows(&pools.write).await?;
    let read = |row| {
        let row = Riga(row);
        Ok((row.text("projection")?, (row.int("version")?, row.int("generation")?)))
    };
    rows.iter().map(read).collect()
}

/// Makes the tables of a build and its checkpoints at the start; what is there already stays.
pub(crate) async fn create<'a>(
    pools: &Pools,
    projection: &dyn Projection,
    build: Build,
    enti: impl Iterator<Item = &'a str>,
) -> Result<(), sqlx::Error> {
    let (text, names) = statements(projection.tables(), build.version, build.generation);
    let mut tx = pools.write.begin_with(pools.dialect.begin()).await?;
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *tx).await?;
    for name in names {
        let mut sql =
            Sql::new(pools.dialect, "INSERT INTO projection_table (name, projection, version, generation) VALUES ");
        sql.push("(").bind(name).push(", ").bind(build.name).push(", ").bind(build.version).push(", ");
        sql.bind(build.generation).push(") ON CONFLICT DO NOTHING");
        sql.execute(&mut *tx).await?;
    }
    for ente in enti {
        let text = "INSERT INTO checkpoint (projection, version, generation, ente, position, hash) VALUES (";
        let mut sql = Sql::new(pools.dialect, text);
        sql.bind(build.name).push(", ").bind(build.version).push(", ").bind(build.generation).push(", ");
        sql.bind(ente).push(", ").bind(0_i64).push(", ").bind(hex::encode(Mark::START.hash));
        sql.push(") ON CONFLICT DO NOTHING");
        sql.execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// How far each build has come with an ente, by (name, version, generation).
pub(crate) async fn marks(pools: &Pools, ente: &str) -> Result<HashMap<(String, u32, u32), Mark>, sqlx::Error> {
    let mut sql = Sql::new(pools.dialect, "SELECT * FROM checkpoint WHERE ente = ");
    sql.bind(ente);
    let rows = sql.rows(&pools.write).await?;
    let read = |row| {
        let row = Riga(row);
        let hash = row.known("hash", |text| hex::decode(text).ok()?.try_into().ok())?;
        let key = (row.text("projection")?, row.int("version")?, row.int("generation")?);
        Ok((key, Mark { position: row.int("position")?, hash }))
    };
    rows.iter().map(read).collect()
}

/// Moves the checkpoints of builds that stand at the same place. `false` when one of them stands elsewhere: another node
/// moved it, or replaced the build. Done first in a transaction, it makes nodes take turns.
pub(crate) async fn advance(
    on: &mut AnyConnection,
    dialect: Dialect,
    ente: &str,
    builds: &[Build],
    from: Mark,
    to: Mark,
) -> Result<bool, sqlx::Error> {
    let mut sql = Sql::new(dialect, "UPDATE checkpoint SET position = ");
    sql.bind(to.position).push(", hash = ").bind(hex::encode(to.hash));
    sql.push(" WHERE ente = ").bind(ente).push(" AND position = ").bind(from.position).push(" AND (");
    for (i, build) in builds.iter().enumerate() {
        sql.push(if i > 0 { " OR (" } else { "(" });
        build.write(&mut sql);
        sql.push(")");
    }
    sql.push(")");
    Ok(sql.execute(on).await? == builds.len() as u64)
}

/// Puts builds into service and drops those of the same read models that were begun before, in one transaction. One that
/// was begun later is a rebuild at work.
pub(crate) async fn go_live(pools: &Pools, builds: &[Build]) -> Result<(), sqlx::Error> {
    let mut tx = pools.write.begin_with(pools.dialect.begin()).await?;
    for build in builds {
        let mut sql = Sql::new(pools.dialect, "INSERT INTO projection_live (projection, version, generation) VALUES (");
        sql.bind(build.name).push(", ").bind(build.version).push(", ").bind(build.generation).push(")");
        sql.push(
            " ON CONFLICT (projection) DO UPDATE SET version = excluded.version, generation = excluded.generation",
        );
        sql.execute(&mut *tx).await?;
        for (version, generation) in self::builds(&mut tx, pools.dialect, build.name).await? {
            if generation < build.generation {
                discard(&mut tx, pools.dialect, Build { version, generation, ..*build }).await?;
            }
        }
    }
    tx.commit().await
}

/// (version, generation) of every set of tables that a read model has, complete or not.
pub(crate) async fn builds(
    on: &mut AnyConnection,
    dialect: Dialect,
    name: &str,
) -> Result<Vec<(u32, u32)>, sqlx::Error> {
    let mut sql = Sql::new(dialect, "SELECT DISTINCT version, generation FROM projection_table WHERE projection = ");
    sql.bind(name);
    let rows = sql.rows(on).await?;
    rows.iter().map(|row| Ok((Riga(row).int("version")?, Riga(row).int("generation")?))).collect()
}

/// Drops a build.
pub(crate) async fn discard(on: &mut AnyConnection, dialect: Dialect, build: Build) -> Result<(), sqlx::Error> {
    let mut sql = Sql::new(dialect, "SELECT name FROM projection_table WHERE ");
    build.write(&mut sql);
    for row in sql.rows(&mut *on).await? {
        let name = Riga(&row).text("name")?;
        sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE IF EXISTS {name}"))).execute(&mut *on).await?;
    }
    for table in ["projection_table", "checkpoint"] {
        let mut sql = Sql::new(dialect, format!("DELETE FROM {table} WHERE "));
        build.write(&mut sql);
        sql.execute(&mut *on).await?;
    }
    Ok(())
}
