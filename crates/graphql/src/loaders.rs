//! Loaders: what the rows of a list need from elsewhere is read together. One a request, never longer: what it holds was
//! read with one person's rights.

use crate::errors::of_app;
use crate::limits::MAX_LOAD;
use crate::types::parts;
use app::{App, AppError, Contesto, DettaglioPratica};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::{Context, Error};
use domain::ids::PraticaId;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use tokio::task::JoinSet;

/// Reads with the rights of one request.
pub(crate) struct Reader {
    app: App,
    contesto: Contesto,
}

type RequestLoader = DataLoader<Reader, HashMapCache>;

/// The loader as resolvers find it: made when the first of them needs it.
#[derive(Default)]
pub(crate) struct LazyLoader(OnceLock<RequestLoader>);

/// The loader of a request.
pub(crate) fn loader<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a RequestLoader> {
    let (app, contesto) = parts(ctx)?;
    Ok(ctx.data::<LazyLoader>()?.0.get_or_init(|| Reader::loader(app.clone(), contesto.clone())))
}

impl Reader {
    fn loader(app: App, contesto: Contesto) -> RequestLoader {
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
