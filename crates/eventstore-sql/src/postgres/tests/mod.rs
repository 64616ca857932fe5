mod failures;
mod files;
mod groups;
mod keys;
mod nodes;
mod transfer;
mod verify;

use super::PostgresStore;
use crate::Sizes;
use eventstore::contract::{Harness, noon};
use eventstore::{AppendError, Appended, Clock, EventStore, ManualClock};
use futures_core::future::BoxFuture;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::sync::Arc;
use test_postgres::TestDatabase;
use tokio::task::JoinHandle;

/// Opens one more node on a database.
async fn open(database: &TestDatabase) -> Arc<PostgresStore> {
    open_with(database, Sizes::default()).await
}

async fn open_with(database: &TestDatabase, sizes: Sizes) -> Arc<PostgresStore> {
    Arc::new(PostgresStore::open(database.url(), Arc::new(ManualClock::new(noon())), sizes).await.unwrap())
}

/// A connection that respects nothing.
async fn raw(database: &TestDatabase) -> PgConnection {
    PgConnection::connect(database.url()).await.unwrap()
}

async fn execute(conn: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.map(drop)
}

type Answer = JoinHandle<Result<Appended, AppendError>>;

/// Each node is an engine of its own on the same database, as several processes are.
struct Nodes(tokio::sync::Mutex<Vec<TestDatabase>>);

impl Nodes {
    fn new() -> Self {
        Self(tokio::sync::Mutex::default())
    }
}

impl Harness for Nodes {
    fn nodes(&self, clock: Arc<dyn Clock>, n: usize) -> BoxFuture<'_, Vec<Arc<dyn EventStore>>> {
        Box::pin(async move {
            let database = TestDatabase::create().await;
            let mut nodes = Vec::new();
            for _ in 0..n {
                let node = PostgresStore::open(database.url(), clock.clone(), Sizes::default()).await.unwrap();
                nodes.push(Arc::new(node) as Arc<dyn EventStore>);
            }
            self.0.lock().await.push(database);
            nodes
        })
    }
}

mod contract {
    use super::Nodes;
    eventstore::contract_tests!(Nodes::new());
}
