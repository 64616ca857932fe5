//! The store: a file from its first byte to the answer, and back.

use crate::antivirus::Antivirus;
use crate::arrivo::{self, Arrivato};
use crate::deposito::{Deposito, Luogo, make_dir};
use crate::sigillo::{Lettore, Uscita};
use crate::{foto, riconosci};
use app::ports::{
    Arrivo, BoxFuture, ByteStream, ChiaveFile, ChiaviFile, DocumentError, DocumentStore, Posizione, Stored,
};
use bytes::Bytes;
use domain::allegato::{Impronta, MEGABYTE};
use domain::ids::AllegatoId;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Limits of the store. Each has a test.
pub mod limits {
    /// Files that arrive at the same time; the others wait for their turn without being read.
    pub const ARRIVALS: usize = 64;
    /// Files looked at, freed of positions and kept at the same time.
    pub const WORK: u32 = 3;
    /// Megabytes of memory for all of them: a photo is there as it came and, while its position is taken out, once more.
    pub const WORK_MIB: u32 = 120;
}

/// What a file takes of [`limits::WORK_MIB`]: twice its size, small ones an equal share, large ones all of it.
fn peso(dimensione: u64) -> u32 {
    let twice = dimensione.div_ceil(MEGABYTE).saturating_mul(2);
    u32::try_from(twice).unwrap_or(u32::MAX).clamp(limits::WORK_MIB / limits::WORK, limits::WORK_MIB)
}

/// Files of an installation.
#[derive(Clone)]
pub struct Documenti {
    luogo: Luogo,
    /// Folder of files under way; none of them has a name there.
    folder: PathBuf,
    chiavi: Arc<dyn ChiaviFile>,
    antivirus: Option<Antivirus>,
    arrivals: Arc<Semaphore>,
    work: Arc<Semaphore>,
}

impl Documenti {
    /// Opens the place of the files and `folder`, where they are put while they arrive.
    ///
    /// # Errors
    /// When a folder cannot be made, or the configuration of the place is no good.
    pub fn open(
        deposito: Deposito,
        folder: PathBuf,
        chiavi: Arc<dyn ChiaviFile>,
        antivirus: Option<Antivirus>,
    ) -> io::Result<Self> {
        make_dir(&folder)?;
        Ok(Self {
            luogo: Luogo::open(deposito)?,
            folder,
            chiavi,
            antivirus,
            arrivals: Arc::new(Semaphore::new(limits::ARRIVALS)),
            work: Arc::new(Semaphore::new(limits::WORK_MIB as usize)),
        })
    }

    /// Everything in one folder, as the demonstration and the tests have it; no antivirus.
    ///
    /// # Errors
    /// As [`Documenti::open`].
    pub fn in_folder(folder: PathBuf, chiavi: Arc<dyn ChiaviFile>) -> io::Result<Self> {
        let arriving = folder.join(".arrivo");
        Self::open(Deposito::Cartella(folder), arriving, chiavi, None)
    }

    async fn take(&self, arrivo: Arrivo<'_>, bytes: ByteStream<'_>) -> Result<Stored, DocumentError> {
        let chiave = self.chiavi.di_soggetto(arrivo.ente, arrivo.proprietario.0).await?;
        let arrival = turn(&self.arrivals, 1).await?;
        let file = arrivo::ricevi(&self.folder, &arrivo, &chiave, bytes).await?;
        let _work = turn(&self.work, peso(file.dimensione)).await?;
        drop(arrival);
        let Esaminato { file, lettore, found, posizione_tolta } = self.look(&arrivo, chiave, file).await?;
        if let Some(antivirus) = &self.antivirus {
            antivirus.esamina(arrivo.ente, lettore).await.inspect_err(|error| {
                if let DocumentError::Infected { firma } = error {
                    let (ente, persona) = (arrivo.ente, arrivo.proprietario);
                    tracing::warn!(ente, %persona, %firma, "an upload was refused: the antivirus knows it");
                }
            })?;
        }
        let Arrivato { file, impronta, dimensione, .. } = file;
        self.luogo.put(arrivo.ente, arrivo.id, file).await?;
        Ok(Stored { impronta, dimensione, formato: found.mime.to_owned(), firma: found.firma, posizione_tolta })
    }

    /// What it is; without its position, if it is a photo that has one.
    async fn look(&self, arrivo: &Arrivo<'_>, chiave: ChiaveFile, file: Arrivato) -> Result<Esaminato, DocumentError> {
        let (ente, id, declared) = (arrivo.ente.to_owned(), arrivo.id, arrivo.declared.clone());
        let (posizione, folder) = (arrivo.posizione, self.folder.clone());
        let looking = tokio::task::spawn_blocking(move || {
            let unavailable = DocumentError::Unavailable;
            let lettore = file.lettore(&chiave, &ente, id).map_err(unavailable)?;
            let found = riconosci::riconosci(&lettore, &declared)?;
            let clean = match posizione {
                Posizione::Togli => foto::senza_posizione(found.mime, &lettore)?,
                Posizione::Mantieni => None,
            };
            let Some(clean) = clean else {
                return Ok(Esaminato { file, lettore: Arc::new(lettore), found, posizione_tolta: false });
            };
            let file = arrivo::rifai(&folder, &ente, id, &chiave, &clean).map_err(unavailable)?;
            drop(clean);
            let lettore = file.lettore(&chiave, &ente, id).map_err(unavailable)?;
            Ok(Esaminato { file, lettore: Arc::new(lettore), found, posizione_tolta: true })
        });
        looking.await.map_err(|error| DocumentError::Unavailable(io::Error::other(error)))?
    }
}

/// A file that was looked at.
struct Esaminato {
    file: Arrivato,
    lettore: Arc<Lettore>,
    found: riconosci::Riconosciuto,
    posizione_tolta: bool,
}

async fn turn(of: &Arc<Semaphore>, share: u32) -> Result<tokio::sync::OwnedSemaphorePermit, DocumentError> {
    let closed = |error| DocumentError::Unavailable(io::Error::other(error));
    of.clone().acquire_many_owned(share).await.map_err(closed)
}

impl DocumentStore for Documenti {
    fn put<'a>(&'a self, arrivo: Arrivo<'a>, bytes: ByteStream<'a>) -> BoxFuture<'a, Result<Stored, DocumentError>> {
        Box::pin(self.take(arrivo, bytes))
    }

    fn get<'a>(
        &'a self,
        ente: &'a str,
        id: AllegatoId,
        impronta: &'a Impronta,
    ) -> BoxFuture<'a, Result<ByteStream<'static>, DocumentError>> {
        Box::pin(async move {
            let mut sealed = Uscita::new(self.luogo.get(ente, id).await?);
            let testa = sealed.testa().await.map_err(DocumentError::Unavailable)?;
            let chiave = self.chiavi.per_id(ente, testa.chiave).await?;
            let mut bytes = verified(sealed.open(&testa, &chiave, ente, id), impronta.clone());
            // Read ahead: what is wrong with a small file is known before any answer begins.
            let first = bytes.next().await.transpose().map_err(DocumentError::Unavailable)?;
            Ok(stream::iter(first.map(Ok)).chain(bytes).boxed())
        })
    }

    fn remove<'a>(&'a self, ente: &'a str, id: AllegatoId) -> BoxFuture<'a, Result<(), DocumentError>> {
        Box::pin(self.luogo.remove(ente, id))
    }

    fn list(&self, ente: &str) -> BoxStream<'static, Result<AllegatoId, DocumentError>> {
        self.luogo.list(ente)
    }

    fn tidy(&self, before: Timestamp) -> BoxFuture<'_, Result<u64, DocumentError>> {
        Box::pin(self.luogo.tidy(before))
    }
}

/// The bytes of a file as long as they are those of its hash: a file that is not what was registered breaks off before
/// its last piece, so that nobody takes it for the registered one (DPR 445/2000 art. 53 c. 1 f).
fn verified(bytes: ByteStream<'static>, impronta: Impronta) -> ByteStream<'static> {
    let start = (bytes, Sha256::new(), None::<Bytes>, impronta);
    let pieces = stream::try_unfold(start, |(mut bytes, mut hasher, mut held, impronta)| async move {
        loop {
            let next = bytes.next().await.transpose().inspect_err(|error| {
                tracing::error!(%impronta, %error, "a stored file cannot be read: bring it back from a copy");
            })?;
            let Some(next) = next else { break };
            hasher.update(&next);
            if let Some(piece) = held.replace(next) {
                return Ok(Some((piece, (bytes, hasher, held, impronta))));
            }
        }
        let Some(last) = held else { return Ok(None) };
        let found = Impronta::from_bytes(hasher.finalize_reset().into());
        if found != impronta {
            tracing::error!(%impronta, %found, "a stored file is not what was registered: bring it back from a copy");
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the stored file was changed"));
        }
        Ok(Some((last, (bytes, hasher, None, impronta))))
    });
    pieces.boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::allegato::TETTO_BYTES;

    #[test]
    fn few_files_are_looked_at_at_once_and_large_photos_one_by_one() {
        let at_once = |bytes: u64| limits::WORK_MIB / peso(bytes);
        assert_eq!([at_once(0), at_once(MEGABYTE), at_once(20 * MEGABYTE)], [limits::WORK; 3]);
        assert_eq!([at_once(20 * MEGABYTE + 1), at_once(TETTO_BYTES)], [2, 1]);
        assert_eq!(peso(u64::MAX), limits::WORK_MIB, "never more than there is: it would wait for ever");
    }
}
