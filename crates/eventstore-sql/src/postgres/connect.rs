//! Connections to the database of the log: their settings, what is asked of the server, the schema.

use crate::OpenError;
use crate::database::without_password;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::time::Duration;

/// How long a connection may take to be made.
pub(super) const CONNECT: Duration = Duration::from_secs(5);
/// The oldest server we know to be right.
const OLDEST: i64 = 150_000;
/// The newest layout this program knows.
pub(super) const LAYOUT: i64 = 1;
/// Key of the advisory lock under which the schema is made: "registro" as a number.
const SCHEMA_LOCK: i64 = 0x7265_6769_7374_726f;

/// What every connection of the log has in common, from the address of the database.
///
/// The plans of the log's statements are always look-ups by key. The planner would choose otherwise for tables that were
/// small when a statement was prepared, and keep to it while they grow; it is told not to.
pub(super) fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    let options: PgConnectOptions = url.parse().map_err(|source| OpenError::postgres(url, source))?;
    Ok(options.application_name("sportello registro").disable_statement_logging().options([
        // A statement that comes after a wait for a lock must see what was committed meanwhile.
        ("default_transaction_isolation", "read committed"),
        ("jit", "off"),
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        // A node that vanished holds its locks until the server notices: within 15 seconds.
        ("tcp_keepalives_idle", "5"),
        ("tcp_keepalives_interval", "3"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "14000"),
    ]))
}

/// The settings of a writer.
///
/// A commit has no server-side limit: with a synchronous standby a cancelled wait would report success without
/// replication. Only waiting for the lock of the ente has one. For the same reason the server does not look whether the
/// client is still there: a commit that waits for the standby would be ended and shown to others before it is on two disks.
pub(super) fn writer_options(options: &PgConnectOptions) -> PgConnectOptions {
    options.clone().options([
        ("statement_timeout", "0"),
        ("lock_timeout", "5000"),
        ("idle_in_transaction_session_timeout", "15000"),
    ])
}

/// A connection whose commits are on the disk of the server (and of its synchronous standbys) when they are answered.
pub(super) async fn writer(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let connect = async {
        let mut conn = PgConnection::connect_with(options).await?;
        durable(&mut conn).await?;
        Ok(conn)
    };
    tokio::time::timeout(CONNECT, connect).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// Makes every commit of a connection wait for the disk, whatever the server's default is.
pub(super) async fn durable(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    // "on" and "remote_apply" are the settings that wait for the standbys' disks.
    let raise = "SELECT set_config('synchronous_commit', 'on', false) \
                 WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";
    sqlx::query(raise).execute(conn).await.map(drop)
}

/// Checks the server and makes the schema when it is not there. Nodes may open at the same moment.
pub(super) async fn prepare(url: &str, options: &PgConnectOptions) -> Result<(), OpenError> {
    let failed = |source| OpenError::postgres(url, source);
    let mut conn = writer(&writer_options(options)).await.map_err(failed)?;
    if let Some(reason) = Server::ask(&mut conn).await.map_err(failed)?.unfit() {
        return Err(OpenError::Unfit { database: without_password(url), reason });
    }
    let found = schema(&mut conn).await.map_err(failed)?;
    if found > LAYOUT {
        return Err(OpenError::newer(url, "log", found, LAYOUT));
    }
    // The work is done; a farewell that fails harms nothing.
    drop(conn.close().await);
    Ok(())
}

/// What decides whether a database can hold a log.
struct Server {
    version_num: i64,
    version: String,
    fsync: String,
    full_page_writes: String,
    encoding: String,
    standby: bool,
}

impl Server {
    async fn ask(conn: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let row = sqlx::query(include_str!("sql/server.sql")).fetch_one(conn).await?;
        Ok(Self {
            version_num: row.try_get(0)?,
            version: row.try_get(1)?,
            fsync: row.try_get(2)?,
            full_page_writes: row.try_get(3)?,
            encoding: row.try_get(4)?,
            standby: row.try_get(5)?,
        })
    }

    /// Why it cannot, and what to do.
    fn unfit(&self) -> Option<String> {
        let Self { version, encoding, .. } = self;
        if self.standby {
            return Some("it is a read-only standby: give the address of the primary server".into());
        }
        if self.version_num < OLDEST {
            return Some(format!("the server has version {version}: version 15 or later is needed"));
        }
        for (name, value) in [("fsync", &self.fsync), ("full_page_writes", &self.full_page_writes)] {
            if value != "on" {
                let lost = "what was answered could be lost with the power";
                return Some(format!("{name} is {value} on the server, {lost}: set {name} = on and reload it"));
            }
        }
        let make = "make another with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0";
        (encoding != "UTF8").then(|| format!("its encoding is {encoding}, not UTF8: {make}"))
    }
}

/// The layout of the log, made when there was none.
async fn schema(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let mut transaction = conn.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(SCHEMA_LOCK).execute(&mut *transaction).await?;
    let there = "SELECT to_regclass('registro.layout') IS NOT NULL";
    if !sqlx::query_scalar(there).fetch_one(&mut *transaction).await? {
        sqlx::raw_sql(include_str!("sql/schema.sql")).execute(&mut *transaction).await?;
    }
    let layout = sqlx::query_scalar("SELECT version FROM registro.layout").fetch_one(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(layout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_could_lose_records_is_refused() {
        let fit = || Server {
            version_num: 150_000,
            version: "15.0".into(),
            fsync: "on".into(),
            full_page_writes: "on".into(),
            encoding: "UTF8".into(),
            standby: false,
        };
        assert_eq!(fit().unfit(), None);
        for (server, word) in [
            (Server { version_num: 149_999, ..fit() }, "version 15"),
            (Server { fsync: "off".into(), ..fit() }, "fsync = on"),
            (Server { full_page_writes: "off".into(), ..fit() }, "full_page_writes = on"),
            (Server { encoding: "SQL_ASCII".into(), ..fit() }, "UTF8"),
            (Server { standby: true, ..fit() }, "primary"),
        ] {
            let reason = server.unfit().unwrap();
            assert!(reason.contains(word), "{reason}");
        }
    }
}
