//! `sportello rebuild`: read models anew.

use crate::Failure;
use crate::cli::RebuildArgs;
use crate::config::{Config, Writer};
use crate::wiring::{Installation, Place};
use crate::{demo, verify};
use app::Enti;
use eventstore::SystemClock;
use std::sync::Arc;

/// Builds read models beside the live ones and swaps them. The service must be stopped: one process owns the folder.
pub(crate) async fn run(args: RebuildArgs) -> Result<(), Failure> {
    let (mut place, enti) = if let Some(path) = &args.config {
        let config = Config::read(path)?;
        (Place::of(&config), Enti::new(config.enti.clone())?)
    } else {
        let data = args.data.clone().ok_or("name the data: --config FILE or --data DIR")?;
        let master_key = data.join("master.key");
        (Place { data, master_key, writer: Writer::default() }, demo::towns()?)
    };
    if let Some(data) = args.data {
        place.data = data;
    }
    let installation = Installation::open(&place, enti, Arc::new(SystemClock)).await?;
    let bar = verify::bar("records");
    let shown = bar.clone();
    let rebuilt = installation
        .reads
        .rebuild(args.name.as_deref(), &move |progress| {
            shown.set_length(progress.head);
            shown.set_position(progress.position);
        })
        .await?;
    bar.finish_and_clear();
    println!("rebuilt from {} records: {}", rebuilt.events, rebuilt.names.join(", "));
    installation.store.close().await;
    Ok(())
}
