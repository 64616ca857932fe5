//! The read database's own tables: which generation of each read model is live, and how far each has come.
//!
//! Several nodes may share a PostgreSQL database. Changes of the catalogue take turns there; a swap keeps all folds out
//! while it lasts ([`hold`]) and takes the checkpoints of the old tables away, so that whoever still folds into those
//! finds out at its next page. Each change is announced on the channel [`CHANNEL`].

use crate::pools::{Dialect, Pools};
use crate::projection::{Projection, Statements};
use crate::sql::{Riga, Sql};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Transaction};
use std::collections::HashMap;

/// Where nodes hear of each other's work: the code of the ente whose checkpoints moved, or nothing for a swap.
pub(crate) const CHANNEL: &str = "letture";

/// Changes of the catalogue, one at a time.
const CATALOGUE: &str = "SELECT pg_advisory_xact_lock(hashtextextended('letture/catalogo', 0))::text";
/// Swaps exclude folds.
const SWAP: &str = "SELECT pg_advisory_xact_lock(hashtextextended('letture/scambio', 0))::text";

/// `projection_live` names complete generations only; `projection_table` remembers what to drop; `projection_error`
/// tells the other nodes why a read model stands still.
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
CREATE TABLE IF NOT EXISTS projection_error (
    projection TEXT NOT NULL,
    version BIGINT NOT NULL,
    ente TEXT NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (projection, version, ente)
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

/// Name, version and generation.
pub(crate) type Key = (String, u32, u32);

/// What the read database says at one moment.
pub(crate) struct Snapshot {
    /// Version and generation in service, of each read model that has one.
    pub(crate) live: HashMap<String, (u32, u32)>,
    /// How far each build has come with one ente.
    pub(crate) marks: HashMap<Key, Mark>,
    /// Why a read model (by name and version) stands still with that ente.
    pub(crate) errors: HashMap<(String, u32), String>,
}

/// Makes the catalogue where there is none.
pub(crate) async fn init(pools: &Pools) -> Result<(), sqlx::Error> {
    let mut tx = begin(pools).await?;
    if pools.dialect == Dialect::Postgres {
        // Asked first: `IF NOT EXISTS` wants the right to make schemas even where there is nothing to make.
        let schema = Sql::new(pools.dialect, "SELECT 1 AS n FROM pg_namespace WHERE nspname = 'letture'");
        if schema.rows(&mut *tx).await?.is_empty() {
            sqlx::raw_sql("CREATE SCHEMA letture").execute(&mut *tx).await?;
        }
    }
    sqlx::raw_sql(AssertSqlSafe(pools.dialect.ddl(TABLES))).execute(&mut *tx).await?;
    tx.commit().await
}

/// A transaction that changes the catalogue.
pub(crate) async fn begin(pools: &Pools) -> Result<Transaction<'static, Any>, sqlx::Error> {
    let mut tx = pools.write.begin_with(pools.dialect.begin()).await?;
    if pools.dialect == Dialect::Postgres {
        sqlx::raw_sql(CATALOGUE).execute(&mut *tx).await?;
    }
    Ok(tx)
}

/// As [`begin`], and no node folds a page into live tables until it ends. Only where several nodes share the database.
pub(crate) async fn hold(pools: &Pools) -> Result<Option<Transaction<'static, Any>>, sqlx::Error> {
    if pools.dialect == Dialect::Sqlite {
        return Ok(None);
    }
    let mut tx = begin(pools).await?;
    sqlx::raw_sql(SWAP).execute(&mut *tx).await?;
    Ok(Some(tx))
}

/// Said in the transaction that folds a page into live tables: it waits for a swap, and the other nodes hear of it.
pub(crate) async fn announce(on: &mut AnyConnection, dialect: Dialect, ente: &str) -> Result<(), sqlx::Error> {
    if dialect == Dialect::Sqlite {
        return Ok(());
    }
    let lock = "pg_advisory_xact_lock_shared(hashtextextended('letture/scambio', 0))::text AS held";
    let mut sql = Sql::new(dialect, format!("SELECT {lock}, pg_notify('{CHANNEL}', "));
    sql.bind(ente).push(")::text AS said");
    sql.execute(on).await.map(|_| ())
}

/// Version and generation in service, of each read model that has one.
pub(crate) async fn live(on: &mut AnyConnection, dialect: Dialect) -> Result<HashMap<String, (u32, u32)>, sqlx::Error> {
    let rows = Sql::new(dialect, "SELECT * FROM projection_live").rows(on).await?;
    let read = |row| {
        let row = Riga(row);
        Ok((row.text("projection")?, (row.int("version")?, row.int("generation")?)))
    };
    rows.iter().map(read).collect()
}

/// Makes the indexes of a build where they are not there. Of a table that is filled already they are sorted at once,
/// which takes a fraction of adding row after row.
pub(crate) async fn index(
    on: &mut AnyConnection,
    dialect: Dialect,
    projection: &dyn Projection,
    build: Build,
) -> Result<(), sqlx::Error> {
    let statements = Statements::new(projection.tables(), dialect, build.version, build.generation);
    for text in statements.indexes {
        // Asked first: `IF NOT EXISTS` waits for a node that folds into the table even where there is nothing to make, and
        // it may be waiting for us.
        let name = text.split_once(" EXISTS ").and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or_default();
        if dialect == Dialect::Postgres {
            let mut there =
                Sql::new(dialect, "SELECT 1 AS n FROM pg_indexes WHERE schemaname = 'letture' AND indexname = ");
            there.bind(name);
            if !there.rows(&mut *on).await?.is_empty() {
                continue;
            }
        }
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *on).await?;
    }
    Ok(())
}

/// Looks through tables that were just filled: the first questions would be planned for empty ones.
pub(crate) async fn analyze(
    on: &mut AnyConnection,
    dialect: Dialect,
    projection: &dyn Projection,
    build: Build,
) -> Result<(), sqlx::Error> {
    if dialect == Dialect::Postgres {
        for name in Statements::new(projection.tables(), dialect, build.version, build.generation).names {
            sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE {name}"))).execute(&mut *on).await?;
        }
    }
    Ok(())
}

/// Makes the tables of a build, without indexes, and its checkpoints at the start; what is there already stays.
pub(crate) async fn create<'a>(
    on: &mut AnyConnection,
    dialect: Dialect,
    projection: &dyn Projection,
    build: Build,
    enti: impl Iterator<Item = &'a str>,
) -> Result<(), sqlx::Error> {
    // Only what is missing is made: `IF NOT EXISTS` and `ON CONFLICT` wait for a node that folds into these tables, and it
    // may be waiting for us.
    let made = builds(on, dialect, build.name).await?;
    if !made.contains(&(build.version, build.generation)) {
        let statements = Statements::new(projection.tables(), dialect, build.version, build.generation);
        sqlx::raw_sql(AssertSqlSafe(statements.tables)).execute(&mut *on).await?;
        for name in statements.names {
            let text = "INSERT INTO projection_table (name, projection, version, generation) VALUES (";
            let mut sql = Sql::new(dialect, text);
            sql.bind(name).push(", ").bind(build.name).push(", ").bind(build.version).push(", ");
            sql.bind(build.generation).push(") ON CONFLICT DO NOTHING");
            sql.execute(&mut *on).await?;
        }
    }
    let mut sql = Sql::new(dialect, "SELECT ente FROM checkpoint WHERE projection = ");
    sql.bind(build.name).push(" AND version = ").bind(build.version);
    sql.push(" AND generation = ").bind(build.generation);
    let rows = sql.rows(&mut *on).await?;
    let begun: Vec<String> = rows.iter().map(|row| Riga(row).text("ente")).collect::<Result<_, _>>()?;
    for ente in enti.filter(|ente| !begun.iter().any(|code| code == ente)) {
        let text = "INSERT INTO checkpoint (projection, version, generation, ente, position, hash) VALUES (";
        let mut sql = Sql::new(dialect, text);
        sql.bind(build.name).push(", ").bind(build.version).push(", ").bind(build.generation).push(", ");
        sql.bind(ente).push(", ").bind(0_i64).push(", ").bind(hex::encode(Mark::START.hash));
        sql.push(") ON CONFLICT DO NOTHING");
        sql.execute(&mut *on).await?;
    }
    Ok(())
}

/// Everything about one ente, as one statement sees it: a swap by another node is seen whole or not at all.
pub(crate) async fn snapshot(on: &mut AnyConnection, dialect: Dialect, ente: &str) -> Result<Snapshot, sqlx::Error> {
    let mut sql = Sql::new(
        dialect,
        "SELECT 'live' AS what, projection, version, generation, CAST(0 AS BIGINT) AS position, '' AS value
            FROM projection_live
        UNION ALL SELECT 'mark', projection, version, generation, position, hash FROM checkpoint WHERE ente = ",
    );
    sql.bind(ente)
        .push(" UNION ALL SELECT 'error', projection, version, 0, 0, error FROM projection_error WHERE ente = ");
    sql.bind(ente);
    let mut found = Snapshot { live: HashMap::new(), marks: HashMap::new(), errors: HashMap::new() };
    for row in sql.rows(on).await? {
        let row = Riga(&row);
        let (name, version, generation) = (row.text("projection")?, row.int("version")?, row.int("generation")?);
        match row.text("what")?.as_str() {
            "live" => drop(found.live.insert(name, (version, generation))),
            "mark" => {
                let hash = row.known("value", |text| hex::decode(text).ok()?.try_into().ok())?;
                found.marks.insert((name, version, generation), Mark { position: row.int("position")?, hash });
            }
            _ => drop(found.errors.insert((name, version), row.text("value")?)),
        }
    }
    Ok(found)
}

/// Tells the other nodes why read models stand still with an ente, or that they go on.
pub(crate) async fn note(
    on: &mut AnyConnection,
    dialect: Dialect,
    ente: &str,
    builds: &[Build],
    error: Option<&str>,
) -> Result<(), sqlx::Error> {
    for build in builds {
        let sql = if let Some(error) = error {
            let mut sql = Sql::new(dialect, "INSERT INTO projection_error (projection, version, ente, error) VALUES (");
            sql.bind(build.name).push(", ").bind(build.version).push(", ").bind(ente).push(", ").bind(error);
            sql.push(") ON CONFLICT (projection, version, ente) DO UPDATE SET error = excluded.error");
            sql
        } else {
            let mut sql = Sql::new(dialect, "DELETE FROM projection_error WHERE projection = ");
            sql.bind(build.name).push(" AND version = ").bind(build.version).push(" AND ente = ").bind(ente);
            sql
        };
        sql.execute(&mut *on).await?;
    }
    announce(on, dialect, ente).await
}

/// Moves the checkpoints of builds that stand at the same place. `false` when one of them stands elsewhere: another node
/// moved it, or replaced the build. Done first in a transaction, it makes nodes take turns. What a node said of builds that
/// are `serving` and stood still is over with it, whichever node it was.
pub(crate) async fn advance(
    on: &mut AnyConnection,
    dialect: Dialect,
    ente: &str,
    builds: &[Build],
    (from, to): (Mark, Mark),
    serving: bool,
) -> Result<bool, sqlx::Error> {
    let any_of = |sql: &mut Sql, write: fn(Build, &mut Sql)| {
        for (i, build) in builds.iter().enumerate() {
            sql.push(if i > 0 { " OR (" } else { " AND ((" });
            write(*build, sql);
            sql.push(")");
        }
        sql.push(")");
    };
    let standing = |sql: &mut Sql| {
        sql.push("ente = ").bind(ente).push(" AND position = ").bind(from.position);
        any_of(sql, Build::write);
    };
    let mut sql = match dialect {
        Dialect::Sqlite => Sql::new(dialect, "UPDATE checkpoint SET position = "),
        // An update locks its rows as it finds them, and two that find them in another order lock each other out.
        Dialect::Postgres => {
            let mut sql = Sql::new(dialect, "WITH held AS MATERIALIZED (SELECT 1 FROM checkpoint WHERE ");
            standing(&mut sql);
            sql.push(" ORDER BY projection, version, generation FOR UPDATE)");
            if serving {
                sql.push(", mended AS (DELETE FROM projection_error WHERE ente = ").bind(ente);
                any_of(&mut sql, |build, sql| {
                    sql.push("projection = ").bind(build.name).push(" AND version = ").bind(build.version);
                });
                sql.push(")");
            }
            sql.push(" UPDATE checkpoint SET position = ");
            sql
        }
    };
    sql.bind(to.position).push(", hash = ").bind(hex::encode(to.hash)).push(" WHERE ");
    standing(&mut sql);
    if dialect == Dialect::Postgres {
        sql.push(" AND (SELECT count(*) FROM held) = ").bind(builds.len() as u64);
    }
    Ok(sql.execute(on).await? == builds.len() as u64)
}

/// Puts builds into service and ends the transaction. The tables of older ones are left to [`sweep`]. `false`, and
/// nothing done, when someone has dropped a build meanwhile.
pub(crate) async fn go_live(
    mut tx: Transaction<'static, Any>,
    dialect: Dialect,
    builds: &[Build],
) -> Result<bool, sqlx::Error> {
    for build in builds {
        let known = self::builds(&mut tx, dialect, build.name).await?;
        if !known.contains(&(build.version, build.generation)) {
            tx.rollback().await?;
            return Ok(false);
        }
        let mut sql = Sql::new(dialect, "INSERT INTO projection_live (projection, version, generation) VALUES (");
        sql.bind(build.name).push(", ").bind(build.version).push(", ").bind(build.generation).push(")");
        sql.push(
            " ON CONFLICT (projection) DO UPDATE SET version = excluded.version, generation = excluded.generation",
        );
        sql.execute(&mut *tx).await?;
        // One that was begun later is a rebuild at work.
        let mut sql = Sql::new(dialect, "DELETE FROM checkpoint WHERE projection = ");
        sql.bind(build.name).push(" AND generation < ").bind(build.generation);
        sql.execute(&mut *tx).await?;
    }
    if dialect == Dialect::Postgres {
        let mut sql = Sql::new(dialect, format!("SELECT pg_notify('{CHANNEL}', "));
        sql.bind("").push(")::text AS said");
        sql.execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(true)
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

/// Drops the tables of builds that are older than those in service. Fails when a question holds them for long; then they
/// stay until the next call.
pub(crate) async fn sweep(pools: &Pools) -> Result<(), sqlx::Error> {
    let text = "SELECT DISTINCT t.projection, t.version, t.generation FROM projection_table t
        JOIN projection_live l ON t.projection = l.projection WHERE t.generation < l.generation";
    let mut connection = pools.writer().await?;
    let rows = Sql::new(pools.dialect, text).rows(&mut *connection).await?;
    connection.give_back();
    for row in &rows {
        let row = Riga(row);
        discard(pools, &(row.text("projection")?, row.int("version")?, row.int("generation")?)).await?;
    }
    Ok(())
}

/// Drops a build. Its checkpoints go first, as in a fold, so that the two cannot lock each other out.
pub(crate) async fn discard(pools: &Pools, (name, version, generation): &Key) -> Result<(), sqlx::Error> {
    let mut tx = begin(pools).await?;
    if pools.dialect == Dialect::Postgres {
        // New questions about the table wait behind this one.
        sqlx::raw_sql("SET LOCAL lock_timeout = '2s'").execute(&mut *tx).await?;
    }
    let write = |sql: &mut Sql| {
        sql.push(" WHERE projection = ").bind(name).push(" AND version = ").bind(*version);
        sql.push(" AND generation = ").bind(*generation);
    };
    let mut sql = Sql::new(pools.dialect, "DELETE FROM checkpoint");
    write(&mut sql);
    sql.execute(&mut *tx).await?;
    let mut sql = Sql::new(pools.dialect, "SELECT name FROM projection_table");
    write(&mut sql);
    for row in sql.rows(&mut *tx).await? {
        let name = Riga(&row).text("name")?;
        sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE IF EXISTS {name}"))).execute(&mut *tx).await?;
    }
    let mut sql = Sql::new(pools.dialect, "DELETE FROM projection_table");
    write(&mut sql);
    sql.execute(&mut *tx).await?;
    tx.commit().await
}
