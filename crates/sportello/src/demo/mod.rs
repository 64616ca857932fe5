//! A small fictional town with data, in one command.

mod clock;
mod dati;
mod enti;
mod semina;

use crate::Failure;
use crate::cli::DemoArgs;
use crate::config::{Mail, MailTls, default_rate};
use crate::serve::{self, Door};
use crate::telemetry;
use crate::wiring::{Installation, Place};
use app::{App, Ente, Enti, Utente};
use clock::DemoClock;
use eventstore_sql::{DataDirLock, LockError};
use identity::DemoProvider;
use semina::Semina;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use web::Token;

/// Written when the sample cases are complete.
const SEMINATA: &str = "demo-pronta";

/// Seconds that a node waits while another writes the sample cases.
const PATIENCE: u32 = 120;

/// `sportello demo`.
pub(crate) async fn run(args: DemoArgs) -> Result<(), Failure> {
    let listener = serve::bind(&args.listen).await?;
    let address = listener.local_addr()?;
    let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
    let ready = format!("http://{}:{}", if address.is_ipv6() { format!("[{host}]") } else { host }, address.port());
    let towns = enti::enti(&ready, address.port(), &args.data);
    let metrics = telemetry::metrics();
    let clock = Arc::new(DemoClock::default());
    let place = Place::folder(&args.data, args.database.as_ref());
    let installation = Installation::open(&place, Enti::new(towns)?, clock.clone()).await?;
    enti::strade(&args.data)?;
    // Before what comes with the program: a town that has its own hours never has those of another.
    for (ente, orario) in enti::agende() {
        installation.app.pubblica_orario(ente, &orario).await?;
    }
    let posta = args.data.join("posta");
    let mailbox = Mail::Folder { dir: posta.clone(), per_second: default_rate() };
    if !args.empty {
        // Of several nodes that start together one writes the cases, the others wait for it.
        let _turn = turn(&place).await?;
        if !args.data.join(SEMINATA).exists() {
            semina(&installation, &mailbox, &clock, &args.data).await?;
        }
    }
    let mail = args.smtp.as_deref().map(smtp).transpose()?.unwrap_or(mailbox);
    let notifiche = installation.notifiche(&mail)?;
    let tokens = tokens(&installation.app)?;
    let line = line(&ready, &installation.app, &tokens);
    let door = Door {
        identity: Arc::new(DemoProvider::new(identity::personas())),
        tokens: tokens.into_iter().map(|(_, text, token)| (text, token)).collect::<HashMap<_, _>>(),
        demo: true,
        posta: Some(posta),
        tls: false,
    };
    let (json, data) = (args.json, args.data);
    let announce = move || {
        if json {
            println!("{line}");
        } else {
            println!("{}", welcome(&ready, &data));
        }
    };
    serve::listen(installation, door, listener, notifiche, metrics, announce).await
}

/// The towns, for commands that work on the demonstration's folder without serving it.
pub(crate) fn towns() -> Result<Enti, Failure> {
    Ok(Enti::new(enti::enti("http://127.0.0.1", 80, Path::new("")))?)
}

/// The right to write the sample cases. A folder of SQLite files is ours already.
async fn turn(place: &Place) -> Result<Option<DataDirLock>, Failure> {
    if place.database.folder().is_some() {
        return Ok(None);
    }
    for _ in 0..PATIENCE {
        match DataDirLock::acquire(&place.data) {
            Ok(lock) => return Ok(Some(lock)),
            Err(LockError::InUse { .. }) => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err(format!("another process writes the sample cases in {} and does not end", place.data.display()).into())
}

async fn semina(installation: &Installation, mailbox: &Mail, clock: &DemoClock, data: &Path) -> Result<(), Failure> {
    // The mailbox is a folder: while the past is written nothing slows it.
    let Some(mut notifiche) = installation.notifiche(mailbox)? else {
        return Err("the demonstration has no mailbox".into());
    };
    notifiche.config.al_secondo = 1_000;
    let outcome =
        Semina { app: &installation.app, clock, notifiche: &notifiche, store: &*installation.store }.run().await;
    clock.set(None);
    outcome?;
    std::fs::write(data.join(SEMINATA), "The sample cases are complete.\n")?;
    Ok(())
}

fn smtp(address: &str) -> Result<Mail, Failure> {
    let (host, port) = address.rsplit_once(':').ok_or("--smtp takes host:port")?;
    let port = port.parse().map_err(|_| "--smtp takes host:port")?;
    let per_second = default_rate();
    Ok(Mail::Smtp { host: host.into(), port, tls: MailTls::None, user: None, password_file: None, per_second })
}

/// A persona of the provider as a person of an ente.
fn utente(app: &App, ente: &Ente, chiave: &str) -> Result<Utente, Failure> {
    let persona = identity::personas().into_iter().find(|persona| persona.chiave == chiave);
    let persona = persona.ok_or_else(|| format!("there is no persona {chiave}"))?;
    Ok(app.persone().utente(ente.codice.as_str(), persona.identita))
}

/// A bearer token for each persona and town; the same after each start of the same folder.
fn tokens(app: &App) -> Result<Vec<(String, String, Token)>, Failure> {
    let mut all = Vec::new();
    for ente in app.enti().all() {
        for persona in identity::personas() {
            let codice = ente.codice.as_str();
            let token = Token { ente: codice.into(), utente: Arc::new(utente(app, ente, &persona.chiave)?) };
            all.push((persona.chiave.clone(), app.persone().token(codice, &persona.chiave), token));
        }
    }
    Ok(all)
}

/// The line for programs: where, and the tokens of the first town; the second town's host and tokens beside them.
fn line(ready: &str, app: &App, tokens: &[(String, String, Token)]) -> String {
    let of = |ente: &Ente| -> BTreeMap<&str, &str> {
        let own = tokens.iter().filter(|(_, _, token)| token.ente == ente.codice.as_str());
        own.map(|(persona, text, _)| (persona.as_str(), text.as_str())).collect()
    };
    let towns = app.enti().all();
    let enti: Vec<_> = towns
        .iter()
        .map(|ente| {
            let host = ente.host.iter().find(|host| *host != "*");
            serde_json::json!({ "codice": ente.codice, "denominazione": ente.denominazione, "host": host, "tokens": of(ente) })
        })
        .collect();
    let first = towns.first().map(|ente| of(ente)).unwrap_or_default();
    serde_json::json!({ "ready": ready, "tokens": first, "enti": enti }).to_string()
}

fn welcome(ready: &str, data: &Path) -> String {
    format!(
        "Sportello: the demonstration is ready.

  Comune di Montelume    {ready}
  Comune di Acquaserena  {}
  GraphiQL               {ready}/graphiql
  Mailbox                {ready}/posta

Sign in with one of the personas. The data is in {}; Ctrl-C stops.",
        ready.replace("127.0.0.1", enti::HOST_SECONDO),
        data.display()
    )
}
