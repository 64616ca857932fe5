//! The configuration file. Every option is documented here and in `deploy/sportello.toml`; unknown keys are refused.

use crate::Failure;
use app::Ente;
use eventstore_sql::{Database, Sizes};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Address to listen on.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// Folder of the files; of the databases too, when `database` is not given. Nodes of one installation share it.
    pub data: PathBuf,
    /// Where the log, keys, read models and working data are: `sqlite:FOLDER` (one process at a time) or
    /// `postgres://user@host:port/name` (any number of nodes). Default: SQLite in `data`.
    #[serde(default)]
    pub database: Option<String>,
    /// File that holds the password of a PostgreSQL `database` (a systemd credential, for example).
    #[serde(default)]
    pub database_password_file: Option<PathBuf>,
    /// File of the master key; made on first start when it is missing. Default: `master.key` in `data`.
    #[serde(default)]
    pub master_key: Option<PathBuf>,
    /// Whether the service is reached over TLS (through a proxy): cookies are then sent over TLS only.
    #[serde(default = "default_true")]
    pub tls: bool,
    /// The writer.
    #[serde(default)]
    pub writer: Writer,
    /// E-mail.
    #[serde(default)]
    pub mail: Mail,
    /// Where sealed files stand.
    #[serde(default)]
    pub storage: Storage,
    /// What looks at files before they are kept; nothing, without it.
    #[serde(default)]
    pub antivirus: Option<Antivirus>,
    /// The municipalities.
    #[serde(rename = "ente")]
    pub enti: Vec<Ente>,
}

/// The writer of the log.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Writer {
    /// Requests that may wait; beyond it the answer is 503 with Retry-After.
    pub queue: usize,
    /// Requests of one commit, at most.
    pub group: usize,
}

impl Default for Writer {
    fn default() -> Self {
        let Sizes { queue, group } = Sizes::default();
        Self { queue, group }
    }
}

impl Writer {
    /// As the engine takes them.
    pub fn sizes(self) -> Sizes {
        Sizes { queue: self.queue, group: self.group }
    }
}

/// E-mail.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, tag = "mode", rename_all = "lowercase")]
pub(crate) enum Mail {
    /// No notices leave.
    #[default]
    None,
    /// Into a folder, a file each (demonstrations).
    Folder {
        /// The folder.
        dir: PathBuf,
        /// Messages a second, at most.
        #[serde(default = "default_rate")]
        per_second: u32,
    },
    /// Through a server.
    Smtp {
        /// Host name.
        host: String,
        /// Port.
        port: u16,
        /// `none`, `starttls` or `tls`.
        #[serde(default)]
        tls: MailTls,
        /// User, when the server wants one.
        #[serde(default)]
        user: Option<String>,
        /// File that holds the password (a systemd credential, for example).
        #[serde(default)]
        password_file: Option<PathBuf>,
        /// Messages a second, at most.
        #[serde(default = "default_rate")]
        per_second: u32,
    },
}

/// Where sealed files stand. The place belongs to this installation alone: what it does not know there is swept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, tag = "mode", rename_all = "lowercase")]
pub(crate) enum Storage {
    /// In a folder.
    Folder {
        /// The folder. Default: `documenti` in `data`.
        #[serde(default)]
        dir: Option<PathBuf>,
    },
    /// In a bucket of S3 or of what speaks like it.
    S3 {
        /// Address, such as `https://s3.example.it`; without it, Amazon's of the region.
        #[serde(default)]
        endpoint: Option<String>,
        /// Region.
        #[serde(default = "default_region")]
        region: String,
        /// Bucket.
        bucket: String,
        /// Id of the key; without it, the rights of the machine.
        #[serde(default)]
        key_id: Option<String>,
        /// File that holds the secret of the key (a systemd credential, for example).
        #[serde(default)]
        secret_file: Option<PathBuf>,
    },
}

impl Default for Storage {
    fn default() -> Self {
        Self::Folder { dir: None }
    }
}

/// clamd: its socket, or its address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Antivirus {
    /// Its socket on this machine.
    #[serde(default)]
    pub socket: Option<PathBuf>,
    /// Its `host:port`. Files go there in the clear.
    #[serde(default)]
    pub tcp: Option<String>,
    /// Seconds that it may take for one file.
    #[serde(default = "default_scan")]
    pub timeout: u64,
    /// Whether uploads are refused for as long as it does not answer.
    #[serde(default = "default_true")]
    pub obbligatorio: bool,
}

impl Antivirus {
    /// As the store takes it.
    pub fn of(&self) -> Result<documents::Antivirus, Failure> {
        let clamd = match (&self.socket, &self.tcp) {
            (Some(socket), None) => documents::Clamd::Socket(socket.clone()),
            (None, Some(address)) => documents::Clamd::Tcp(address.clone()),
            _ => return Err("`antivirus` needs either `socket` or `tcp`".into()),
        };
        let timeout = Duration::from_secs(self.timeout.max(1));
        Ok(documents::Antivirus { clamd, timeout, obbligatorio: self.obbligatorio })
    }
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailTls {
    /// In the clear; only on this machine.
    None,
    /// Upgraded.
    #[default]
    Starttls,
    /// From the first byte.
    Tls,
}

fn default_listen() -> String {
    "127.0.0.1:8080".into()
}

fn default_region() -> String {
    "us-east-1".into()
}

fn default_scan() -> u64 {
    60
}

fn default_true() -> bool {
    true
}

pub(crate) fn default_rate() -> u32 {
    20
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// It cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// It is not what is expected.
    #[error("{path} is not a valid configuration:\n{source}")]
    Shape {
        path: PathBuf,
        #[source]
        source: Box<toml::de::Error>,
    },
}

impl Config {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.into(), source })?;
        Self::parse(&text).map_err(|source| ConfigError::Shape { path: path.into(), source: Box::new(source) })
    }

    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Puts what the command line says in the place of what the file says.
    pub fn put(&mut self, data: Option<&PathBuf>, database: Option<&String>) {
        if let Some(data) = data {
            self.data.clone_from(data);
        }
        if database.is_some() {
            self.database = database.cloned();
        }
    }

    /// Where the databases are, with the password if it stands in a file of its own.
    pub fn database(&self) -> Result<Database, Failure> {
        let database = match &self.database {
            None => Database::Sqlite(self.data.clone()),
            Some(text) => text.parse().map_err(|e| format!("`database`: {e}"))?,
        };
        match &self.database_password_file {
            None => Ok(database),
            Some(file) => Ok(database.with_password(&secret(file)?)),
        }
    }

    /// File of the master key.
    pub fn master_key_file(&self) -> PathBuf {
        self.master_key.clone().unwrap_or_else(|| self.data.join("master.key"))
    }
}

/// The text of a file that holds a password.
pub(crate) fn secret(file: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|e| format!("the password file {} cannot be read: {e}", file.display()))?;
    Ok(text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_example_is_valid_and_unknown_keys_are_refused() {
        let text = include_str!("../../../deploy/sportello.toml");
        let config = Config::parse(text).unwrap();
        assert!(app::Enti::new(config.enti).is_ok());
        let error = Config::parse(&text.replace("listen =", "lissten =")).unwrap_err().to_string();
        assert!(error.contains("lissten"), "{error}");
    }

    #[test]
    fn files_and_antivirus_are_chosen_in_words() {
        let text = include_str!("../../../deploy/sportello.toml");
        let with = |more: &str| Config::parse(&text.replacen("[[ente]]", &format!("{more}\n[[ente]]"), 1));
        let plain = with("").unwrap();
        assert!(matches!(plain.storage, Storage::Folder { dir: None }) && plain.antivirus.is_none());
        let s3 =
            with("[storage]\nmode = \"s3\"\nbucket = \"documenti\"\nendpoint = \"https://s3.example.it\"").unwrap();
        assert!(matches!(s3.storage, Storage::S3 { bucket, .. } if bucket == "documenti"));
        let clamd = with("[antivirus]\nsocket = \"/run/clamav/clamd.ctl\"").unwrap().antivirus.unwrap();
        let clamd = clamd.of().unwrap();
        assert!(clamd.obbligatorio && clamd.timeout == Duration::from_mins(1));
        let both = with("[antivirus]\nsocket = \"/a\"\ntcp = \"b:1\"").unwrap().antivirus.unwrap();
        assert!(both.of().is_err());
    }
}
