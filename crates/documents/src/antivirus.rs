//! clamd: what the antivirus says of a file before it is kept.

use crate::sigillo::Lettore;
use app::ports::DocumentError;
use clamav_client::tokio::{Socket, Tcp, scan_stream};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Where clamd listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clamd {
    /// A socket of this machine.
    Socket(PathBuf),
    /// `host:port`. The files go there in the clear: only on a line that nobody else hears.
    Tcp(String),
}

/// The antivirus of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Antivirus {
    /// Where it listens.
    pub clamd: Clamd,
    /// How long it may take for one file.
    pub timeout: Duration,
    /// Nothing is kept that it has not seen. Otherwise its absence is only noted.
    pub obbligatorio: bool,
}

impl Antivirus {
    /// Shows it a file.
    ///
    /// # Errors
    /// [`DocumentError::Infected`]; [`DocumentError::NotScanned`] when it does not answer and has to.
    pub(crate) async fn esamina(&self, ente: &str, file: Arc<Lettore>) -> Result<(), DocumentError> {
        let asked = tokio::time::timeout(self.timeout, self.ask(file)).await;
        let answer = asked.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut)));
        match answer.and_then(|answer| verdetto(&answer)) {
            Ok(None) => {
                conta(ente, "pulito");
                Ok(())
            }
            Ok(Some(firma)) => {
                conta(ente, "infetto");
                Err(DocumentError::Infected { firma })
            }
            Err(error) => {
                conta(ente, "non-esaminato");
                tracing::warn!(ente, %error, kept = !self.obbligatorio, "the antivirus did not look at a file");
                if self.obbligatorio { Err(DocumentError::NotScanned(error)) } else { Ok(()) }
            }
        }
    }

    async fn ask(&self, file: Arc<Lettore>) -> io::Result<Vec<u8>> {
        match &self.clamd {
            Clamd::Socket(socket_path) => scan_stream(file.flow(), Socket { socket_path }, None).await,
            Clamd::Tcp(host_address) => scan_stream(file.flow(), Tcp { host_address }, None).await,
        }
    }
}

/// `stream: OK`, `stream: <signature> FOUND`, or what is wrong.
fn verdetto(answer: &[u8]) -> io::Result<Option<String>> {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_end_matches(['\0', '\n']);
    let said = text.strip_prefix("stream: ").unwrap_or(text);
    if said == "OK" {
        return Ok(None);
    }
    said.strip_suffix(" FOUND").map(|firma| Some(firma.to_owned())).ok_or_else(|| {
        let said = if said.is_empty() { "nothing" } else { said };
        io::Error::other(format!("clamd said: {said}"))
    })
}

fn conta(ente: &str, esito: &'static str) {
    metrics::counter!("sportello_antivirus_total", "ente" => ente.to_owned(), "esito" => esito).increment(1);
}

#[cfg(test)]
mod tests {
    use super::verdetto;

    #[test]
    fn clamd_is_understood_or_taken_as_no_answer() {
        assert_eq!(verdetto(b"stream: OK\0").unwrap(), None);
        assert_eq!(verdetto(b"stream: Eicar-Test FOUND\0").unwrap().as_deref(), Some("Eicar-Test"));
        for odd in [&b""[..], b"INSTREAM size limit exceeded. ERROR\0", b"stream: OKAY\0", b"FOUND"] {
            verdetto(odd).unwrap_err();
        }
    }
}
