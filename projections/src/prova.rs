//! A read model for tests.

use crate::projection::{ApplyError, Projection, Tx};
use domain::Evento;
use eventstore::Record;
use futures_core::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Of a version of the test's choosing; fails while told to; counts what it was given.
pub struct Prova {
    pub version: u32,
    pub fails: Arc<AtomicBool>,
    pub given: Arc<AtomicU64>,
}

impl Prova {
    /// Besides all others.
    pub fn with_all(version: u32, fails: &Arc<AtomicBool>) -> Vec<Box<dyn Projection>> {
        Self { version, fails: fails.clone(), given: Arc::default() }.and_all()
    }

    pub fn and_all(self) -> Vec<Box<dyn Projection>> {
        let mut all = crate::projections();
        all.push(Box::new(self));
        all
    }
}

impl Projection for Prova {
    fn name(&self) -> &'static str {
        "prova"
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn tables(&self) -> &'static str {
        "CREATE TABLE IF NOT EXISTS prova_{v} (ente TEXT NOT NULL, posizione BIGINT NOT NULL, PRIMARY KEY (ente, posizione));"
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx<'_>, page: &'a [(Record, Evento)]) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let table = crate::Tabella { columns: &["ente", "posizione"], key: &["ente", "posizione"] };
            let rows = page.iter().map(|(r, _)| vec![tx.ente().into(), r.position.into()]).collect();
            tx.insert("prova", table, rows).await?;
            if self.fails.load(Ordering::SeqCst) {
                return Err(ApplyError::Corrupt { position: page[0].0.position, reason: "prova".into() });
            }
            self.given.fetch_add(page.len() as u64, Ordering::SeqCst);
            Ok(())
        })
    }
}
