//! `sportello rebuild`: read models anew.

use crate::Failure;
use crate::cli::RebuildArgs;
use crate::verify;
use crate::wiring::Installation;
use eventstore::SystemClock;
use std::sync::Arc;

/// Builds read models beside the live ones and swaps them. On SQLite the service must be stopped: one process owns the
/// files. On PostgreSQL the nodes go on serving.
pub(crate) async fn run(args: RebuildArgs) -> Result<(), Failure> {
    let (place, enti) = args.r#where.place()?;
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
