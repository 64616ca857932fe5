//! Chooses the engines and joins the parts.

use crate::Failure;
use crate::config::{Config, Mail, MailTls, Writer};
use app::notifiche::{self, FolderMailer, Notifiche, SicurezzaSmtp, SmtpConfig, SmtpMailer};
use app::persone::Persone;
use app::ports::{Mailer, SystemIds};
use app::{App, Enti, Parts};
use documents::LocalDocuments;
use eventstore::{Clock, EventStore, KeyStore, system_random};
use eventstore_sql::{DataDirLock, SqliteKeyStore, SqliteOptions, SqliteStore, load_master_key};
use projections::{Opener, ReadModels};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use workstate::SqlWorkState;

/// Name of the log inside the data folder.
pub(crate) const LOG: &str = "registro.db";
/// Name of the key store.
const KEYS: &str = "chiavi.db";
/// Name of the read models.
const READS: &str = "letture.db";
/// Name of the working data.
const WORK: &str = "lavoro.db";
/// For connecting to the mail server and for each of its answers.
const SMTP_TIMEOUT: Duration = Duration::from_secs(20);
/// Folder of the files.
const FILES: &str = "documenti";

/// Where the data is and how it is opened.
pub(crate) struct Place {
    /// Folder of the data.
    pub data: PathBuf,
    /// File of the master key.
    pub master_key: PathBuf,
    /// The writer.
    pub writer: Writer,
}

impl Place {
    /// As a configuration says.
    pub fn of(config: &Config) -> Self {
        Self { data: config.data.clone(), master_key: config.master_key_file(), writer: config.writer }
    }
}

/// Everything of a running installation. Dropping it closes the log and frees the folder.
pub(crate) struct Installation {
    /// The application.
    pub app: App,
    /// Its log.
    pub store: Arc<SqliteStore>,
    /// Its read models.
    pub reads: Arc<ReadModels>,
    /// Parts, for processes.
    pub parts: Parts,
    /// The folder is ours while this lives.
    _lock: DataDirLock,
}

impl Installation {
    /// Opens the data folder, made when it is missing, and joins the parts.
    pub async fn open(place: &Place, enti: Enti, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let data = &place.data;
        // What is in it is the service's alone: read models hold personal data in the clear.
        let mut folder = std::fs::DirBuilder::new();
        folder.recursive(true).mode(0o700);
        folder.create(data).map_err(|e| format!("the folder {} cannot be made: {e}", data.display()))?;
        let lock = DataDirLock::acquire(data)?;
        let random = system_random();
        let used = [LOG, KEYS].iter().any(|name| data.join(name).exists());
        if used && !place.master_key.exists() {
            // A new key would open nothing of what is there, and give every person a new id.
            let key = place.master_key.display();
            return Err(format!(
                "the master key {key} is missing although {} holds data: bring it back from its copy",
                data.display()
            )
            .into());
        }
        if data.join(LOG).exists() && !data.join(KEYS).exists() {
            return Err(format!(
                "{KEYS} is missing in {} although there is a log: bring it back from its copy",
                data.display()
            )
            .into());
        }
        let master = load_master_key(&place.master_key, &random)?;
        let persone = Persone::new(master.derive("persone"));
        let options =
            SqliteOptions { queue: place.writer.queue, group: place.writer.group, ..SqliteOptions::default() };
        let store = Arc::new(SqliteStore::open(&data.join(LOG), clock.clone(), options)?);
        let keys: Arc<dyn KeyStore> = Arc::new(SqliteKeyStore::open(&data.join(KEYS), master, random)?);
        let opener = Arc::new(Opener::new(keys.clone()));
        let codes = enti.all().iter().map(|ente| ente.codice.to_string()).collect();
        let log: Arc<dyn EventStore> = store.clone();
        let reads = ReadModels::open(path_text(&data.join(READS))?, log.clone(), opener.clone(), codes).await?;
        let parts = Parts {
            store: log,
            keys,
            opener,
            reads: reads.clone(),
            work: Arc::new(SqlWorkState::open(&sqlite_url(&data.join(WORK))?).await?),
            documents: Arc::new(LocalDocuments::open(data.join(FILES))?),
            clock,
            ids: Arc::new(SystemIds),
            enti: Arc::new(enti),
            persone,
        };
        Ok(Self { app: App::new(parts.clone()), store, reads, parts, _lock: lock })
    }

    /// The process that sends notices, if mail is configured.
    pub fn notifiche(&self, mail: &Mail) -> Result<Option<Notifiche>, Failure> {
        let (mailer, per_second): (Arc<dyn Mailer>, u32) = match mail {
            Mail::None => return Ok(None),
            Mail::Folder { dir, per_second } => {
                let mailer = FolderMailer::new(dir.clone(), self.parts.enti.all().to_vec(), self.parts.clock.clone());
                (Arc::new(mailer), *per_second)
            }
            Mail::Smtp { host, port, tls, user, password_file, per_second } => {
                let password = password_file
                    .as_ref()
                    .map(|file| {
                        std::fs::read_to_string(file)
                            .map(|text| text.trim_end().to_owned())
                            .map_err(|e| format!("the password file {} cannot be read: {e}", file.display()))
                    })
                    .transpose()?;
                let tls = match tls {
                    MailTls::None => SicurezzaSmtp::None,
                    MailTls::Starttls => SicurezzaSmtp::Starttls,
                    MailTls::Tls => SicurezzaSmtp::Tls,
                };
                let (host, port, user) = (host.clone(), *port, user.clone());
                let config = SmtpConfig { host, port, tls, user, password, timeout: SMTP_TIMEOUT };
                (Arc::new(SmtpMailer::new(config, self.parts.clock.clone())?), *per_second)
            }
        };
        Ok(Some(Notifiche {
            store: self.parts.store.clone(),
            opener: self.parts.opener.clone(),
            work: self.parts.work.clone(),
            mailer,
            clock: self.parts.clock.clone(),
            ids: self.parts.ids.clone(),
            enti: self.parts.enti.all().to_vec(),
            config: notifiche::Config { al_secondo: per_second, percorso_pratica: "/pratiche/".into() },
        }))
    }
}

/// The URL of a SQLite file; what means something in a URL is escaped.
fn sqlite_url(path: &Path) -> Result<String, Failure> {
    let path = std::path::absolute(path)?;
    let parts: Vec<_> = path_text(&path)?.split('/').map(urlencoding::encode).collect();
    Ok(format!("sqlite://{}", parts.join("/")))
}

fn path_text(path: &Path) -> Result<&str, Failure> {
    path.to_str().ok_or_else(|| format!("the path {} is not UTF-8", path.display()).into())
}
