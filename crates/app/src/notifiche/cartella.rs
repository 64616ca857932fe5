//! Into a folder: the demo's mailbox.

use super::posta;
use crate::enti::Ente;
use crate::ports::{BoxFuture, MailError, Mailer, Messaggio};
use eventstore::Clock;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::fs;

/// Folder of messages whose sender is no ente of this installation.
const ALTRI: &str = "altri";

/// Writes each message as `<folder>/<ente>/<instant>-<id>.eml`, so that names sort by time.
pub struct FolderMailer {
    dir: PathBuf,
    enti: Vec<Arc<Ente>>,
    clock: Arc<dyn Clock>,
}

impl FolderMailer {
    /// A mailer into `dir`, which is made when the first message comes; `enti` tell to whom a sender belongs.
    pub fn new(dir: PathBuf, enti: Vec<Arc<Ente>>, clock: Arc<dyn Clock>) -> Self {
        Self { dir, enti, clock }
    }

    async fn write(&self, message: &Messaggio) -> Result<(), MailError> {
        let now = self.clock.now();
        let bytes = posta::componi(message, now)?.formatted();
        let sender = |ente: &&Arc<Ente>| ente.email == message.mittente && ente.denominazione == message.mittente_nome;
        let dir = self.dir.join(self.enti.iter().find(sender).map_or(ALTRI, |ente| ente.codice.as_str()));
        let id: String = message.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let name = format!("{}-{id}.eml", now.strftime("%Y%m%dT%H%M%S.%6fZ"));
        // Written beside and then renamed: who watches the folder never sees half a message.
        let (part, whole) = (dir.join(format!(".{name}.part")), dir.join(name));
        let write = async {
            fs::create_dir_all(&dir).await?;
            fs::write(&part, bytes).await?;
            fs::rename(&part, &whole).await
        };
        write.await.map_err(|error: std::io::Error| MailError::Temporary(format!("the folder of messages: {error}")))
    }
}

impl Mailer for FolderMailer {
    fn send<'a>(&'a self, message: &'a Messaggio) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(self.write(message))
    }
}
