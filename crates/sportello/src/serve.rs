//! Serves pages and API until it is told to stop.

use crate::Failure;
use crate::cli::ServeArgs;
use crate::config::Config;
use crate::telemetry;
use crate::wiring::{Installation, Place};
use app::Enti;
use app::notifiche::Notifiche;
use app::ports::IdentityProvider;
use eventstore::SystemClock;
use identity::NoProvider;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use web::{Token, Web};

/// How long the read models may take at the end to hold what was stored last.
const FOLD: Duration = Duration::from_secs(2);
/// How long requests under way may take after the order to stop.
const GRACE: Duration = Duration::from_secs(20);
/// How often sessions that have ended are removed.
const PURGE: Duration = Duration::from_mins(10);

/// What the doors need besides the installation.
pub(crate) struct Door {
    /// Sign-in.
    pub identity: Arc<dyn IdentityProvider>,
    /// Bearer tokens.
    pub tokens: HashMap<String, Token>,
    /// A demonstration.
    pub demo: bool,
    /// Mailbox of the demonstration.
    pub posta: Option<PathBuf>,
    /// Cookies over TLS only.
    pub tls: bool,
}

/// `sportello serve`.
pub(crate) async fn run(args: ServeArgs) -> Result<(), Failure> {
    let mut config = Config::read(&args.config)?;
    config.put(args.data.as_ref(), args.database.as_ref());
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    let listener = bind(&config.listen).await?;
    let enti = Enti::new(config.enti.clone())?;
    let metrics = telemetry::metrics();
    let installation = Installation::open(&Place::of(&config)?, enti, Arc::new(SystemClock)).await?;
    let notifiche = installation.notifiche(&config.mail)?;
    let door =
        Door { identity: Arc::new(NoProvider), tokens: HashMap::new(), demo: false, posta: None, tls: config.tls };
    tracing::info!(address = %listener.local_addr()?, "sportello serves");
    listen(installation, door, listener, notifiche, metrics, || {}).await
}

/// Binds an address, or says what is wrong with it.
pub(crate) async fn bind(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|e| format!("cannot listen on {address}: {e}").into())
}

/// Serves until SIGINT or SIGTERM, then lets requests under way finish and closes the log.
pub(crate) async fn listen(
    installation: Installation,
    door: Door,
    listener: TcpListener,
    notifiche: Option<Notifiche>,
    metrics: Arc<dyn Fn() -> String + Send + Sync>,
    ready: impl FnOnce(),
) -> Result<(), Failure> {
    let stop = CancellationToken::new();
    let web = Web {
        app: installation.app.clone(),
        identity: door.identity,
        schema: graphql::schema(installation.app.clone()),
        tokens: Arc::new(door.tokens),
        demo: door.demo,
        posta: door.posta,
        cookie_secure: door.tls,
        metrics,
    };
    let mut tasks = vec![tokio::spawn(purge(installation.app.clone(), stop.clone()))];
    tasks.push(installation.reads.spawn(stop.clone()));
    tasks.push(installation.pulizia().spawn(stop.clone()));
    let mailer = notifiche.as_ref().map(|notifiche| notifiche.mailer.clone());
    tasks.push(installation.scadenza_bozze(mailer).spawn(stop.clone()));
    tasks.push(installation.appuntamenti(notifiche.is_some()).spawn(stop.clone()));
    if let Some(notifiche) = notifiche {
        tasks.push(notifiche.spawn(stop.clone()));
    }
    tasks.push(installation.app.segui_definizioni(installation.data.clone(), stop.clone()).await);
    let service = web::router(web).into_make_service_with_connect_info::<SocketAddr>();
    // Watched before anybody is told that we are ready: from then on an order to stop is obeyed in order.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let shutdown = {
        let stop = stop.clone();
        async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("stopping: requests under way finish first");
            stop.cancel();
        }
    };
    let server = axum::serve(listener, service).with_graceful_shutdown(shutdown);
    let mut server = tokio::spawn(async move { server.await });
    ready();
    let ended = tokio::select! {
        biased;
        () = stop.cancelled() => tokio::time::timeout(GRACE, server).await.ok(),
        ended = &mut server => Some(ended),
    };
    if let Some(ended) = ended {
        ended??;
    } else {
        tracing::warn!(seconds = GRACE.as_secs(), "requests under way were cut off");
    }
    if !stop.is_cancelled() {
        // Without the order to stop the server never ends; the process must not stay behind as if it served.
        stop.cancel();
        return Err("the server ended by itself".into());
    }
    for task in tasks {
        if tokio::time::timeout(GRACE, task).await.is_err() {
            tracing::warn!("a process did not stop in time");
        }
    }
    // What requests and processes stored at the very end: the next start shows it without a wait.
    match tokio::time::timeout(FOLD, installation.reads.catch_up()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the read models are left behind"),
        Err(_) => tracing::warn!(seconds = FOLD.as_secs(), "the read models are left behind"),
    }
    installation.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn purge(app: app::App, stop: CancellationToken) {
    let mut every = tokio::time::interval(PURGE);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => {
                if let Err(error) = app.work().purge_sessions(app.clock().now()).await {
                    tracing::warn!(error = %error, "ended sessions could not be removed");
                }
            }
        }
    }
}
