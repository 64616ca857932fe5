//! Chooses the engines and joins the parts.

use crate::Failure;
use crate::config::{Config, Mail, MailTls, Storage, Writer, secret};
use app::allegati::{ChiaviDiPersone, Pulizia};
use app::appuntamenti::ProcessoAppuntamenti;
use app::bozze::ScadenzaBozze;
use app::notifiche::{self, FolderMailer, Notifiche, SicurezzaSmtp, SmtpConfig, SmtpMailer};
use app::persone::Persone;
use app::ports::{Ids as _, Mailer, SystemIds};
use app::{App, Enti, Parts, Sorvegliato};
use documents::{Antivirus, Deposito, Documenti, S3};
use eventstore::{Clock, EventStore, KeyStore, system_random};
use eventstore_sql::{DataDirLock, Database, Engine, KEYS_FILE, LOG_FILE, load_master_key};
use projections::{Opener, ReadModels};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use workstate::SqlWorkState;

/// Name of the read models.
const READS: &str = "letture.db";
/// Name of the working data.
pub(crate) const WORK: &str = "lavoro.db";
/// For connecting to the mail server and for each of its answers.
const SMTP_TIMEOUT: Duration = Duration::from_secs(20);
/// Folder of definitions of services, within the data folder.
pub(crate) const SERVIZI: &str = "servizi";

/// Folder of the municipality's own templates of receipts, within the data folder.
const MODELLI: &str = "modelli";
/// Folder of the files.
pub(crate) const FILES: &str = "documenti";
/// Folder of files that still arrive, below it. No ente has such a code.
const ARRIVI: &str = ".arrivo";

/// Where the data is and how it is opened.
pub(crate) struct Place {
    /// Folder of the files, and of the SQLite databases unless `database` names another.
    pub data: PathBuf,
    /// The log, the keys, the read models and the working data.
    pub database: Database,
    /// File of the master key.
    pub master_key: PathBuf,
    /// The writer.
    pub writer: Writer,
    /// Where the files are.
    pub files: Deposito,
    /// What looks at files before they are kept.
    pub antivirus: Option<Antivirus>,
}

impl Place {
    /// As a configuration says.
    pub fn of(config: &Config) -> Result<Self, Failure> {
        let (data, master_key) = (config.data.clone(), config.master_key_file());
        let files = match &config.storage {
            Storage::Folder { dir } => Deposito::Cartella(dir.clone().unwrap_or_else(|| data.join(FILES))),
            Storage::S3 { endpoint, region, bucket, key_id, secret_file } => {
                let secret = secret_file.as_deref().map(secret).transpose()?;
                let (endpoint, region, bucket) = (endpoint.clone(), region.clone(), bucket.clone());
                Deposito::S3(S3 { endpoint, region, bucket, chiavi: key_id.clone().zip(secret) })
            }
        };
        let antivirus = config.antivirus.as_ref().map(crate::config::Antivirus::of).transpose()?;
        Ok(Self { database: config.database()?, data, master_key, writer: config.writer, files, antivirus })
    }

    /// A folder that holds everything, or everything but the databases.
    pub fn folder(data: &Path, database: Option<&Database>) -> Self {
        let database = database.cloned().unwrap_or_else(|| Database::Sqlite(data.to_owned()));
        let (master_key, files) = (data.join("master.key"), Deposito::Cartella(data.join(FILES)));
        Self { data: data.to_owned(), database, master_key, writer: Writer::default(), files, antivirus: None }
    }

    /// Makes the folders; what is in them is the service's alone: read models hold personal data in the clear.
    fn prepare(&self) -> Result<(), Failure> {
        for folder in [Some(&*self.data), self.database.folder()].into_iter().flatten() {
            let mut builder = std::fs::DirBuilder::new();
            builder.recursive(true).mode(0o700);
            builder.create(folder).map_err(|e| format!("the folder {} cannot be made: {e}", folder.display()))?;
        }
        Ok(())
    }

    /// Refuses to go on with a part missing: a new master key would open nothing of what is there, and give every person
    /// a new id.
    async fn check_whole(&self) -> Result<(), Failure> {
        let (key, database) = (self.master_key.display(), &self.database);
        if !self.master_key.exists() && database.in_use().await? {
            return Err(format!(
                "the master key {key} is missing although {database} holds data: bring it back from its copy"
            )
            .into());
        }
        if let Some(folder) = database.folder()
            && folder.join(LOG_FILE).exists()
            && !folder.join(KEYS_FILE).exists()
        {
            return Err(format!(
                "{KEYS_FILE} is missing in {} although there is a log: bring it back from its copy",
                folder.display()
            )
            .into());
        }
        Ok(())
    }

    /// Address of the read models and of the working data.
    fn beside(&self) -> Result<(String, String), Failure> {
        Ok(match &self.database {
            Database::Sqlite(folder) => (path_text(&folder.join(READS))?.to_owned(), sqlite_url(&folder.join(WORK))?),
            Database::Postgres(url) => (url.clone(), url.clone()),
        })
    }
}

/// Everything of a running installation. Dropping it closes the log and frees the folder.
pub(crate) struct Installation {
    /// The application.
    pub app: App,
    /// Its log.
    pub store: Arc<dyn Engine>,
    /// Its read models.
    pub reads: Arc<ReadModels>,
    /// Parts, for processes.
    pub parts: Parts,
    /// The data folder; definitions that are put into its folders are published.
    pub data: PathBuf,
    /// Name among the nodes on one database. A process that has its files to itself keeps its name over restarts.
    nodo: String,
    /// The SQLite files are ours while this lives.
    _lock: Option<DataDirLock>,
}

impl Installation {
    /// Opens the databases and folders, made when they are missing, and joins the parts.
    pub async fn open(place: &Place, enti: Enti, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        place.prepare()?;
        let lock = place.database.folder().map(DataDirLock::acquire).transpose()?;
        place.check_whole().await?;
        let random = system_random();
        let master = load_master_key(&place.master_key, &random)?;
        let persone = Persone::new(master.derive("persone"));
        let store = place.database.open_log(clock.clone(), place.writer.sizes()).await?;
        let keys: Arc<dyn KeyStore> = place.database.open_keys(master, random).await?;
        let opener = Arc::new(Opener::new(keys.clone()));
        let codes = enti.all().iter().map(|ente| ente.codice.to_string()).collect();
        let log: Arc<dyn EventStore> = store.clone();
        let (reads, work) = place.beside()?;
        let reads = ReadModels::open(&reads, log.clone(), opener.clone(), codes).await?;
        let chiavi = Arc::new(ChiaviDiPersone::new(keys.clone()));
        let arriving = place.data.join(FILES).join(ARRIVI);
        let documents = Documenti::open(place.files.clone(), arriving, chiavi, place.antivirus.clone())
            .map_err(|e| format!("the files cannot be opened: {e}"))?;
        let ids = SystemIds;
        let nodo = if lock.is_some() { "unico".to_owned() } else { ids.uuid(clock.now()).to_string() };
        let sorvegliato = Arc::new(Sorvegliato::new(log, clock.clone()));
        let parts = Parts {
            store: sorvegliato.clone(),
            keys,
            opener,
            reads: reads.clone(),
            work: Arc::new(SqlWorkState::open(&work).await?),
            documents: Arc::new(documents),
            clock,
            ids: Arc::new(ids),
            enti: Arc::new(enti),
            persone,
        };
        let modelli = place.data.join(MODELLI);
        let modelli = modelli.is_dir().then_some(modelli.as_path());
        let ricevute = ricevuta::Compositore::new(modelli).map_err(|e| format!("the templates of receipts: {e}"))?;
        let app = App::new(parts.clone()).con_ricevute(Arc::new(ricevute)).con_scritture(sorvegliato);
        Ok(Self { app, store, reads, parts, data: place.data.clone(), nodo, _lock: lock })
    }

    /// The process that sweeps files that nobody filed.
    pub fn pulizia(&self) -> Pulizia {
        Pulizia {
            store: self.parts.store.clone(),
            work: self.parts.work.clone(),
            documents: self.parts.documents.clone(),
            clock: self.parts.clock.clone(),
            enti: self.parts.enti.all().to_vec(),
            nodo: self.nodo.clone(),
        }
    }

    /// The process that warns of drafts that expire, if there is something to send with, and removes those that have.
    pub fn scadenza_bozze(&self, mailer: Option<Arc<dyn Mailer>>) -> ScadenzaBozze {
        ScadenzaBozze { app: self.app.clone(), mailer, nodo: self.nodo.clone() }
    }

    /// The process of what time does to appointments.
    pub fn appuntamenti(&self, avvisa: bool) -> ProcessoAppuntamenti {
        ProcessoAppuntamenti { app: self.app.clone(), avvisa, nodo: self.nodo.clone() }
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
                let password = password_file.as_deref().map(secret).transpose()?;
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
            ricevute: Some(Arc::new(self.app.clone())),
            app: Some(self.app.clone()),
            clock: self.parts.clock.clone(),
            ids: self.parts.ids.clone(),
            enti: self.parts.enti.all().to_vec(),
            config: notifiche::Config { al_secondo: per_second, percorso_pratica: "/pratiche/".into() },
            nodo: self.nodo.clone(),
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
