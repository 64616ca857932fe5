//! The store in a local folder: `<folder>/<ente>/<first two digits>/<SHA-256>`.

use crate::riconosci::{HEAD, riconosci};
use app::ports::{BoxFuture, ByteStream, Declared, DocumentError, DocumentStore, Stored};
use bytes::Bytes;
use domain::allegato::Impronta;
use domain::ente::CodiceEnte;
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

/// Folder of the files that are still arriving. No ente has such a code.
const ARRIVO: &str = ".arrivo";
/// Bytes read at once when a file leaves.
const CHUNK: usize = 64 * 1024;

/// Files in a local folder that belongs to one process.
#[derive(Debug, Clone)]
pub struct LocalDocuments {
    dir: PathBuf,
}

/// A file that arrived whole: what became known of it on the way.
struct Arrived {
    path: TempPath,
    impronta: Impronta,
    dimensione: u64,
    formato: &'static str,
}

impl LocalDocuments {
    /// Opens the store, makes its folder, and removes what broken-off uploads left behind.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(dir: PathBuf) -> io::Result<Self> {
        let arrivo = dir.join(ARRIVO);
        make_dir(&arrivo)?;
        for entry in fs::read_dir(&arrivo)? {
            let path = entry?.path();
            tracing::info!(path = %path.display(), "removing what a broken-off upload left behind");
            fs::remove_file(path)?;
        }
        Ok(Self { dir })
    }

    /// Where a file stands. Only checked names become paths: a code of ente, and 64 hexadecimal digits.
    fn path(&self, ente: &str, impronta: &Impronta) -> Option<PathBuf> {
        let ente = CodiceEnte::parse(ente)?;
        let hash = impronta.as_str();
        Some(self.dir.join(ente.as_str()).join(&hash[..2]).join(hash))
    }

    async fn receive(
        &self,
        declared: &Declared,
        limit: u64,
        mut bytes: ByteStream<'_>,
    ) -> Result<Arrived, DocumentError> {
        let arrivo = self.dir.join(ARRIVO);
        let temp = blocking(move || NamedTempFile::new_in(arrivo)).await?;
        // Whenever this function or its future ends early, `path` is dropped and the file with it.
        let (file, path) = temp.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        let mut hasher = Sha256::new();
        let mut head: Vec<u8> = Vec::with_capacity(HEAD);
        let mut formato = None;
        let mut dimensione = 0_u64;
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(DocumentError::Interrupted)?;
            dimensione = dimensione.saturating_add(chunk.len() as u64);
            if dimensione > limit {
                return Err(DocumentError::TooLarge { limit });
            }
            if formato.is_none() {
                head.extend_from_slice(&chunk[..chunk.len().min(HEAD - head.len())]);
                // What is not accepted is refused now, not after ten megabytes.
                formato = (head.len() == HEAD).then(|| riconosci(&head, declared)).transpose()?;
            }
            hasher.update(&chunk);
            file.write_all(&chunk).await.map_err(DocumentError::Unavailable)?;
        }
        if dimensione == 0 {
            return Err(DocumentError::Empty);
        }
        let formato = formato.map_or_else(|| riconosci(&head, declared), Ok)?;
        file.flush().await.map_err(DocumentError::Unavailable)?;
        file.sync_all().await.map_err(DocumentError::Unavailable)?;
        Ok(Arrived { path, impronta: Impronta::from_bytes(hasher.finalize().into()), dimensione, formato })
    }
}

impl DocumentStore for LocalDocuments {
    fn put<'a>(
        &'a self,
        ente: &'a str,
        declared: Declared,
        limit: u64,
        bytes: ByteStream<'a>,
    ) -> BoxFuture<'a, Result<Stored, DocumentError>> {
        Box::pin(async move {
            if CodiceEnte::parse(ente).is_none() {
                return Err(DocumentError::Unavailable(io::Error::new(io::ErrorKind::InvalidInput, "no such ente")));
            }
            let Arrived { path, impronta, dimensione, formato } = self.receive(&declared, limit, bytes).await?;
            let target = self.path(ente, &impronta).ok_or(DocumentError::NotFound)?;
            let dir = self.dir.clone();
            blocking(move || settle(path, &target, &dir)).await?;
            Ok(Stored { impronta, dimensione, formato: formato.to_owned() })
        })
    }

    fn get<'a>(
        &'a self,
        ente: &'a str,
        impronta: &'a Impronta,
    ) -> BoxFuture<'a, Result<ByteStream<'static>, DocumentError>> {
        Box::pin(async move {
            let path = self.path(ente, impronta).ok_or(DocumentError::NotFound)?;
            let file = match tokio::fs::File::open(path).await {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(DocumentError::NotFound),
                Err(error) => return Err(DocumentError::Unavailable(error)),
            };
            let mut bytes = verified(ReaderStream::with_capacity(file, CHUNK).boxed(), impronta.clone());
            // Read ahead: what is wrong with a small file is known before any answer begins.
            let first = bytes.next().await.transpose().map_err(DocumentError::Unavailable)?;
            Ok(stream::iter(first.map(Ok)).chain(bytes).boxed())
        })
    }
}

/// The bytes of a file as long as they are those of its hash: a file that was changed on the disk breaks off before its
/// last piece, so that nobody takes it for the registered one (DPR 445/2000 art. 53 c. 1 f).
fn verified(bytes: ByteStream<'static>, impronta: Impronta) -> ByteStream<'static> {
    let start = (bytes, Sha256::new(), None::<Bytes>, impronta);
    let pieces = stream::try_unfold(start, |(mut bytes, mut hasher, mut held, impronta)| async move {
        loop {
            let Some(next) = bytes.next().await.transpose()? else { break };
            hasher.update(&next);
            if let Some(piece) = held.replace(next) {
                return Ok(Some((piece, (bytes, hasher, held, impronta))));
            }
        }
        let Some(last) = held else { return Ok(None) };
        let found = Impronta::from_bytes(hasher.finalize_reset().into());
        if found != impronta {
            tracing::error!(%impronta, %found, "a stored file is not what its name says: bring it back from a copy");
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the stored file was changed"));
        }
        Ok(Some((last, (bytes, hasher, None, impronta))))
    });
    pieces.boxed()
}

/// Gives a synced file its name and makes the name durable. The same content twice replaces the file by its equal.
fn settle(path: TempPath, target: &Path, dir: &Path) -> io::Result<()> {
    let parent = target.parent().ok_or_else(|| io::Error::other("a stored file stands in a folder"))?;
    make_dir(parent)?;
    path.persist(target).map_err(|error| error.error)?;
    // The folders above may be new as well, made by this upload or by another that has not synced them yet.
    for folder in parent.ancestors().take_while(|folder| folder.starts_with(dir)) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Makes a folder and those above it, for the service's own user alone: they hold personal data.
fn make_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, DocumentError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)
        .and_then(|result| result)
        .map_err(DocumentError::Unavailable)
}
