//! Databases that live as long as a test.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::time::Duration;

/// Environment variable with the address of the cluster: `postgres://user@host:port`, without a database.
pub const CLUSTER: &str = "SPORTELLO_TEST_POSTGRES";

/// For a database to be dropped.
const DROP: Duration = Duration::from_secs(30);

/// An empty database, dropped with the value.
pub struct TestDatabase {
    admin: String,
    name: String,
    url: String,
}

impl TestDatabase {
    /// A new database on the cluster of the tests.
    ///
    /// # Panics
    /// Without a cluster.
    pub async fn create() -> Self {
        let cluster = std::env::var(CLUSTER).unwrap_or_else(|_| {
            panic!(
                "this test needs PostgreSQL: run `cargo xtask test`, or `cargo xtask postgres -- cargo nextest run …`"
            )
        });
        Self::create_on(&cluster).await
    }

    /// A new database on a cluster.
    ///
    /// # Panics
    /// When the cluster does not make it.
    pub async fn create_on(cluster: &str) -> Self {
        let admin = format!("{cluster}/postgres");
        let name = format!("t_{}", crate::random().simple());
        // template0 is never connected to: tests that run side by side do not get into each other's way.
        execute(&admin, &format!("CREATE DATABASE {name} TEMPLATE template0")).await.expect("a database for the test");
        let url = format!("{cluster}/{name}");
        Self { admin, name, url }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Address of the cluster's own database, for settings and for ending connections.
    pub fn admin_url(&self) -> &str {
        &self.admin
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (admin, sql) = (self.admin.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // A runtime may be running on this thread: blocking needs another one.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // A cluster that hangs must not hold the test up.
            runtime.map(|runtime| runtime.block_on(async { tokio::time::timeout(DROP, execute(&admin, &sql)).await }))
        });
        // The cluster goes away with everything in it; a database that stays until then harms nobody.
        drop(dropped.join());
    }
}

async fn execute(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await
}
