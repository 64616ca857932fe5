//! Where sealed files stand: a folder, or a bucket of S3, both through `object_store`.
//!
//! The folder is told to sync: `object_store` then syncs file and folders before it says that a file is there, as S3 does.

use app::ports::DocumentError;
use domain::ente::CodiceEnte;
use domain::ids::AllegatoId;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _};
use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;

/// Bytes of one part of a large file under way; S3 wants at least so many. A smaller file goes in one request.
const PART: usize = 5 * 1024 * 1024;

/// Where sealed files stand.
#[derive(Debug, Clone)]
pub enum Deposito {
    /// A folder of this machine, or one that nodes share.
    Cartella(PathBuf),
    /// A bucket.
    S3(S3),
}

/// A bucket of S3 or of what speaks like it.
#[derive(Debug, Clone)]
pub struct S3 {
    /// Address, such as `https://s3.example.it`; without it, Amazon's of the region.
    pub endpoint: Option<String>,
    /// Region.
    pub region: String,
    /// Bucket.
    pub bucket: String,
    /// Key id and secret; without them, those of the machine's role.
    pub chiavi: Option<(String, String)>,
}

/// An open place.
#[derive(Debug, Clone)]
pub(crate) struct Luogo {
    store: Arc<dyn ObjectStore>,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
}

fn unavailable(error: object_store::Error) -> DocumentError {
    match error {
        object_store::Error::NotFound { .. } => DocumentError::NotFound,
        error => DocumentError::Unavailable(io::Error::other(error)),
    }
}

/// Makes a folder and those above it, for the service's own user alone: they hold personal data.
pub(crate) fn make_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

impl Luogo {
    pub(crate) fn open(deposito: Deposito) -> io::Result<Self> {
        match deposito {
            Deposito::Cartella(folder) => {
                make_dir(&folder)?;
                let store = LocalFileSystem::new_with_prefix(&folder).map_err(io::Error::other)?.with_fsync(true);
                Ok(Self { store: Arc::new(store), folder: Some(folder) })
            }
            Deposito::S3(s3) => {
                // One provider of TLS in the process; the first one to say so wins, and all say ring.
                rustls::crypto::ring::default_provider().install_default().ok();
                let mut builder = AmazonS3Builder::new().with_region(s3.region).with_bucket_name(s3.bucket);
                if let Some(endpoint) = s3.endpoint {
                    // In the clear only to this machine: files are sealed, the signed requests are not.
                    let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
                    let plain = here.iter().any(|prefix| endpoint.starts_with(prefix));
                    builder = builder.with_allow_http(plain).with_endpoint(endpoint);
                }
                if let Some((id, secret)) = s3.chiavi {
                    builder = builder.with_access_key_id(id).with_secret_access_key(secret);
                }
                Ok(Self { store: Arc::new(builder.build().map_err(io::Error::other)?), folder: None })
            }
        }
    }

    /// Where a file stands: `<ente>/<last two digits of the id>/<id>`. Only checked names become paths.
    fn key(ente: &str, id: AllegatoId) -> Option<Key> {
        let (ente, id) = (CodiceEnte::parse(ente)?, id.to_string());
        Some(Key::from_iter([ente.as_str(), &id[id.len() - 2..], &id]))
    }

    /// The folders above a file, made for the service alone.
    async fn folders(&self, key: &Key) -> Result<(), DocumentError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let above = folder.join(Path::new(key.as_ref()).parent().unwrap_or(Path::new("")));
        let root = folder.clone();
        let made = tokio::task::spawn_blocking(move || {
            if above.is_dir() {
                return Ok(());
            }
            make_dir(&above)?;
            // Their names too must outlive a power cut.
            above.ancestors().take_while(|dir| dir.starts_with(&root)).try_for_each(|dir| File::open(dir)?.sync_all())
        });
        made.await.map_err(io::Error::other).and_then(|made| made).map_err(DocumentError::Unavailable)
    }

    /// Keeps a sealed file; answers when it is durable.
    pub(crate) async fn put(&self, ente: &str, id: AllegatoId, file: File) -> Result<(), DocumentError> {
        let no_ente = || DocumentError::Unavailable(io::Error::new(io::ErrorKind::InvalidInput, "no such ente"));
        let key = Self::key(ente, id).ok_or_else(no_ente)?;
        self.folders(&key).await?;
        let mut from = tokio::fs::File::from_std(file);
        tokio::io::AsyncSeekExt::rewind(&mut from).await.map_err(DocumentError::Unavailable)?;
        let mut from = tokio::io::BufReader::with_capacity(crate::sigillo::PIECE, from);
        let mut to = BufWriter::with_capacity(self.store.clone(), key, PART).with_max_concurrency(1);
        let copied = match tokio::io::copy_buf(&mut from, &mut to).await {
            Ok(_) => to.shutdown().await,
            Err(error) => Err(error),
        };
        if let Err(error) = copied {
            to.abort().await.ok();
            return Err(DocumentError::Unavailable(error));
        }
        Ok(())
    }

    /// The sealed bytes.
    pub(crate) async fn get(
        &self,
        ente: &str,
        id: AllegatoId,
    ) -> Result<BoxStream<'static, io::Result<bytes::Bytes>>, DocumentError> {
        let key = Self::key(ente, id).ok_or(DocumentError::NotFound)?;
        let found = self.store.get(&key).await.map_err(unavailable)?;
        Ok(found.into_stream().map_err(io::Error::other).boxed())
    }

    pub(crate) async fn remove(&self, ente: &str, id: AllegatoId) -> Result<(), DocumentError> {
        let key = Self::key(ente, id).ok_or(DocumentError::NotFound)?;
        match self.store.delete(&key).await.map_err(unavailable) {
            Ok(()) | Err(DocumentError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn list(&self, ente: &str) -> BoxStream<'static, Result<AllegatoId, DocumentError>> {
        let Some(ente) = CodiceEnte::parse(ente) else { return stream::empty().boxed() };
        let all = self.store.list(Some(&Key::from(ente.as_str())));
        // What has no id as its name is not ours.
        let ids = all.map_err(unavailable).map_ok(|meta| meta.location.filename().and_then(|name| name.parse().ok()));
        ids.try_filter_map(|id| async move { Ok(id) }).boxed()
    }

    /// In a folder, files of writes that broke off: `object_store` calls them `<name>#<number>`. A bucket keeps parts of
    /// its own: its rule "abort incomplete multipart uploads" removes them.
    pub(crate) async fn tidy(&self, before: Timestamp) -> Result<u64, DocumentError> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let work = tokio::task::spawn_blocking(move || tidy(&folder, before.into(), DEPTH));
        work.await.map_err(io::Error::other).and_then(|done| done).map_err(DocumentError::Unavailable)
    }
}

/// Folders below the folder of files.
const DEPTH: u32 = 2;

fn tidy(folder: &Path, before: std::time::SystemTime, depth: u32) -> io::Result<u64> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, meta) = (entry.path(), entry.metadata()?);
        if meta.is_dir() {
            removed += if depth > 0 { tidy(&path, before, depth - 1)? } else { 0 };
        } else if entry.file_name().to_string_lossy().contains('#') && meta.modified()? < before {
            fs::remove_file(&path)?;
            removed += 1;
        }
    }
    Ok(removed)
}
