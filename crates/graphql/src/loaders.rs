//! Loaders: what the rows of a list need from elsewhere is read together. One a request, never longer: what it holds was
//! read with one person's rights.

use crate::errors::of_app;
use crate::limits::MAX_LOAD;
use app::{App, AppError, Contesto, DettaglioPratica};
use async_graphql::Error;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use domain::ids::PraticaId;
use projections::PassoStoria;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Steps of a case in a list, at most: the last ones. Ordinary cases have about ten.
const STEPS: u32 = 100;

/// Reads with the rights of one request.
pub(crate) struct Reader {
    app: App,
    contesto: Contesto,
}

/// The loader as resolvers find it.
pub(crate) type RequestLoader = DataLoader<Reader, HashMapCache>;

/// Key of the history of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StoriaDi(pub PraticaId);

impl Reader {
    /// A loader of one request.
    pub(crate) fn loader(app: App, contesto: Contesto) -> RequestLoader {
        DataLoader::with_cache(Self { app, contesto }, tokio::spawn, HashMapCache::default()).max_batch_size(MAX_LOAD)
    }
}

/// Cases, folded from the log side by side.
impl Loader<PraticaId> for Reader {
    type Value = Arc<DettaglioPratica>;
    type Error = Error;

    async fn load(&self, keys: &[PraticaId]) -> Result<HashMap<PraticaId, Self::Value>, Error> {
        let mut tasks = JoinSet::new();
        for id in keys.iter().copied() {
            let (app, contesto) = (self.app.clone(), self.contesto.clone());
            tasks.spawn(async move { (id, app.pratica(&contesto, id, None, None).await) });
        }
        let mut found = HashMap::with_capacity(keys.len());
        while let Some(joined) = tasks.join_next().await {
            let (id, outcome) = joined.map_err(|e| of_app(AppError::Interno(e.to_string())))?;
            if let Some(dettaglio) = outcome.map_err(of_app)? {
                found.insert(id, Arc::new(dettaglio));
            }
        }
        Ok(found)
    }
}

/// Histories, in one statement.
impl Loader<StoriaDi> for Reader {
    type Value = Arc<Vec<PassoStoria>>;
    type Error = Error;

    async fn load(&self, keys: &[StoriaDi]) -> Result<HashMap<StoriaDi, Self::Value>, Error> {
        let ids: Vec<PraticaId> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<StoriaDi, Self::Value> = HashMap::with_capacity(ids.len());
        for page in ids.chunks(MAX_LOAD) {
            let storie = self.app.reads().storie(self.contesto.codice_ente(), page, STEPS).await;
            let storie = storie.map_err(|e| of_app(e.into()))?;
            found.extend(storie.into_iter().map(|(id, passi)| (StoriaDi(id), Arc::new(passi))));
        }
        Ok(found)
    }
}
