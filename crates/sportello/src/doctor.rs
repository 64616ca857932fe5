//! `sportello doctor`: what would keep the service from working.

use crate::Failure;
use crate::cli::DoctorArgs;
use crate::config::{Config, Mail};
use app::Enti;
use eventstore_sql::{DataDirLock, Database, LOG_FILE, load_master_key};
use std::path::Path;
use tokio::net::TcpListener;

/// Outcome of one check: what was looked at, and how to mend it when it is wrong.
struct Check {
    what: String,
    wrong: Option<String>,
}

impl Check {
    fn new(what: impl Into<String>, wrong: Option<String>) -> Self {
        Self { what: what.into(), wrong }
    }
}

/// Looks at the configuration and its surroundings; changes nothing that was there.
pub(crate) async fn run(args: DoctorArgs) -> Result<(), Failure> {
    let config = Config::read(&args.config)?;
    let mut checks = vec![Check::new(
        format!("configuration {}", args.config.display()),
        Enti::new(config.enti.clone()).err().map(|e| e.to_string()),
    )];
    checks.push(folder(&config.data));
    match config.database() {
        Ok(database) => {
            checks.push(key(&config, &database).await);
            checks.push(log(&database).await);
        }
        Err(error) => checks.push(Check::new("database", Some(error.to_string()))),
    }
    checks.push(Check::new(
        format!("address {}", config.listen),
        TcpListener::bind(&config.listen).await.err().map(|e| format!("{e}: is the service already running?")),
    ));
    checks.push(mail(&config.mail).await);
    if !config.tls {
        checks.push(Check::new("TLS", Some("`tls = false`: cookies travel in the clear; only for trials".into())));
    }
    let mut wrong = 0;
    for check in &checks {
        match &check.wrong {
            None => println!("ok     {}", check.what),
            Some(reason) => {
                wrong += 1;
                println!("WRONG  {}: {reason}", check.what);
            }
        }
    }
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} of {} checks found something wrong", checks.len()).into()) }
}

fn folder(data: &Path) -> Check {
    let what = format!("data folder {}", data.display());
    if !data.exists() {
        let parent = data.parent().filter(|p| p.exists());
        let wrong = parent.is_none().then(|| "neither it nor its parent exists: make it".to_owned());
        return Check::new(what, wrong);
    }
    let probe = data.join(".doctor");
    let written = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    if let Err(error) = written {
        return Check::new(what, Some(format!("cannot be written: {error}")));
    }
    Check::new(what, None)
}

async fn key(config: &Config, database: &Database) -> Check {
    let path = config.master_key_file();
    let what = format!("master key {}", path.display());
    if !path.exists() {
        let wrong = match database.in_use().await {
            Ok(false) => None,
            Ok(true) => Some("is missing although there is a log: bring it back from its copy".to_owned()),
            Err(error) => Some(format!("is missing, and the database does not say whether it holds data: {error}")),
        };
        return Check::new(what, wrong);
    }
    Check::new(what, load_master_key(&path, &eventstore::system_random()).err().map(|e| e.to_string()))
}

async fn log(database: &Database) -> Check {
    let what = format!("log in {database}");
    if let Some(folder) = database.folder() {
        if !folder.join(LOG_FILE).exists() {
            return Check::new(format!("{what} (none yet)"), None);
        }
        if let Err(error) = DataDirLock::acquire(folder) {
            return Check::new(what, Some(error.to_string()));
        }
    }
    let wrong = match database.verify(|_| {}).await {
        Ok(report) => report.finding.map(|finding| finding.to_string()),
        Err(error) => Some(error.to_string()),
    };
    Check::new(what, wrong)
}

async fn mail(mail: &Mail) -> Check {
    match mail {
        Mail::None => Check::new("mail", Some("`mode = \"none\"`: citizens get no copy by e-mail".into())),
        Mail::Folder { dir, .. } => Check::new(format!("mail into {}", dir.display()), None),
        Mail::Smtp { host, port, .. } => {
            let connect = tokio::net::TcpStream::connect((host.as_str(), *port));
            let reached = tokio::time::timeout(std::time::Duration::from_secs(5), connect).await;
            let wrong = match reached {
                Ok(Ok(_)) => None,
                Ok(Err(error)) => Some(format!("the server does not answer: {error}")),
                Err(_) => Some("the server does not answer within 5 seconds".into()),
            };
            Check::new(format!("mail server {host}:{port}"), wrong)
        }
    }
}
