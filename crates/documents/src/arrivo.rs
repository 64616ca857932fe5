//! A file on its way in: hashed and sealed while it arrives, into a file without a name that vanishes with its handle.

use crate::riconosci;
use crate::sigillo::{Lettore, Sigillatore, Testa};
use app::ports::{Arrivo, ByteStream, ChiaveFile, DocumentError};
use domain::allegato::Impronta;
use domain::ids::AllegatoId;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use tokio::io::AsyncWriteExt as _;

/// A whole file, sealed, that nobody else can name.
pub(crate) struct Arrivato {
    /// The sealed bytes.
    pub file: File,
    /// What stands before them.
    pub testa: Testa,
    /// SHA-256 of the bytes before they were sealed.
    pub impronta: Impronta,
    /// Their number.
    pub dimensione: u64,
}

impl Arrivato {
    /// To look at it.
    pub(crate) fn lettore(&self, chiave: &ChiaveFile, ente: &str, id: AllegatoId) -> io::Result<Lettore> {
        Lettore::new(self.file.try_clone()?, &self.testa, chiave, ente, id)
    }
}

fn impronta(hasher: Sha256) -> Impronta {
    Impronta::from_bytes(hasher.finalize().into())
}

/// Takes a file while it arrives. What cannot be accepted is refused by its first bytes, not after ten megabytes.
pub(crate) async fn ricevi(
    folder: &Path,
    arrivo: &Arrivo<'_>,
    chiave: &ChiaveFile,
    mut bytes: ByteStream<'_>,
) -> Result<Arrivato, DocumentError> {
    let unavailable = DocumentError::Unavailable;
    let folder = folder.to_owned();
    let open = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await;
    let file = open.map_err(io::Error::other).and_then(|file| file).map_err(unavailable)?;
    let mut file = tokio::fs::File::from_std(file);
    let testa = Testa::nuova(chiave.id).map_err(unavailable)?;
    let mut sealer = Sigillatore::new(&testa, chiave, arrivo.ente, arrivo.id);
    let mut sealed = testa.bytes().to_vec();
    let (mut hasher, mut dimensione) = (Sha256::new(), 0_u64);
    let mut head: Vec<u8> = Vec::with_capacity(riconosci::HEAD);
    let mut seen = false;
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(DocumentError::Interrupted)?;
        dimensione = dimensione.saturating_add(chunk.len() as u64);
        if dimensione > arrivo.limite {
            return Err(DocumentError::TooLarge { limit: arrivo.limite });
        }
        if !seen {
            head.extend_from_slice(&chunk[..chunk.len().min(riconosci::HEAD - head.len())]);
            if head.len() == riconosci::HEAD {
                riconosci::a_prima_vista(&head, &arrivo.declared)?;
                seen = true;
            }
        }
        hasher.update(&chunk);
        sealer.push(&chunk, &mut sealed).map_err(unavailable)?;
        if !sealed.is_empty() {
            file.write_all(&sealed).await.map_err(unavailable)?;
            sealed.clear();
        }
    }
    if dimensione == 0 {
        return Err(DocumentError::Empty);
    }
    sealer.finish(&mut sealed).map_err(unavailable)?;
    file.write_all(&sealed).await.map_err(unavailable)?;
    file.flush().await.map_err(unavailable)?;
    Ok(Arrivato { file: file.into_std().await, testa, impronta: impronta(hasher), dimensione })
}

/// Seals bytes that were made here in the place of those that arrived. Blocks.
pub(crate) fn rifai(
    folder: &Path,
    ente: &str,
    id: AllegatoId,
    chiave: &ChiaveFile,
    bytes: &[u8],
) -> io::Result<Arrivato> {
    let mut file = tempfile::tempfile_in(folder)?;
    let testa = Testa::nuova(chiave.id)?;
    let mut sealer = Sigillatore::new(&testa, chiave, ente, id);
    let mut sealed = testa.bytes().to_vec();
    for piece in bytes.chunks(crate::sigillo::PIECE) {
        sealer.push(piece, &mut sealed)?;
        file.write_all(&sealed)?;
        sealed.clear();
    }
    sealer.finish(&mut sealed)?;
    file.write_all(&sealed)?;
    let hasher = Sha256::new_with_prefix(bytes);
    Ok(Arrivato { file, testa, impronta: impronta(hasher), dimensione: bytes.len() as u64 })
}
