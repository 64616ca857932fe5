//! The store with real files, real keys and, where it is asked for, a real clamd.

mod antivirus;
mod campioni;
mod deposito;
mod formati;
mod foto;
mod sigillo;

use crate::{Antivirus, Deposito, Documenti};
use app::ports::{
    Arrivo, BoxFuture, ByteStream, ChiaveFile, ChiaviFile, Declared, DocumentError, DocumentStore as _, Posizione,
    Stored,
};
use bytes::Bytes;
use domain::allegato::Impronta;
use domain::ids::{AllegatoId, PersonaId};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tempfile::TempDir;
use uuid::Uuid;
use zeroize::Zeroizing;

const ENTE: &str = "c_x000";
const MIB: u64 = 1024 * 1024;
const LIMIT: u64 = 10 * MIB;
const MARIO: PersonaId = PersonaId(Uuid::from_u128(1));
const ANNA: PersonaId = PersonaId(Uuid::from_u128(2));

/// Keys that can be destroyed.
#[derive(Default)]
struct Chiavi {
    distrutte: AtomicBool,
}

impl Chiavi {
    fn of(&self, id: Uuid) -> Result<ChiaveFile, DocumentError> {
        if self.distrutte.load(Ordering::SeqCst) {
            return Err(DocumentError::Destroyed);
        }
        let mut segreto = Zeroizing::new([7; 32]);
        segreto[..16].copy_from_slice(id.as_bytes());
        Ok(ChiaveFile { id, segreto })
    }
}

impl ChiaviFile for Chiavi {
    fn di_soggetto<'a>(&'a self, _: &'a str, soggetto: Uuid) -> BoxFuture<'a, Result<ChiaveFile, DocumentError>> {
        Box::pin(std::future::ready(self.of(soggetto)))
    }

    fn per_id<'a>(&'a self, _: &'a str, id: Uuid) -> BoxFuture<'a, Result<ChiaveFile, DocumentError>> {
        Box::pin(std::future::ready(self.of(id)))
    }
}

struct Banco {
    dir: TempDir,
    chiavi: Arc<Chiavi>,
    store: Documenti,
}

impl Banco {
    fn new() -> Self {
        Self::with(None)
    }

    fn with(antivirus: Option<Antivirus>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let chiavi = Arc::new(Chiavi::default());
        let place = Deposito::Cartella(dir.path().join("documenti"));
        let store = Documenti::open(place, dir.path().join("arrivo"), chiavi.clone(), antivirus).unwrap();
        Self { dir, chiavi, store }
    }

    async fn put(&self, nome: &str, formato: &str, bytes: &[u8]) -> Result<(AllegatoId, Stored), DocumentError> {
        let id = nuovo();
        let stored = self.store.put(arrivo(id, nome, formato), pieces(bytes, 997)).await?;
        Ok((id, stored))
    }

    async fn read(&self, id: AllegatoId, impronta: &Impronta) -> Vec<u8> {
        collect(self.store.get(ENTE, id, impronta).await.unwrap()).await.unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        files(self.dir.path())
    }
}

async fn collect(bytes: ByteStream<'static>) -> std::io::Result<Vec<u8>> {
    bytes
        .try_fold(Vec::new(), |mut all, chunk| async move {
            all.extend_from_slice(&chunk);
            Ok(all)
        })
        .await
}

/// An id that no other test has.
fn nuovo() -> AllegatoId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    AllegatoId(Uuid::from_u128(
        0x0192_f00d_0000_7000_8000_0000_0000_0000 + u128::from(NEXT.fetch_add(1, Ordering::SeqCst)),
    ))
}

fn arrivo(id: AllegatoId, nome: &str, formato: &str) -> Arrivo<'static> {
    let declared = Declared { nome: nome.into(), formato: (!formato.is_empty()).then(|| formato.to_owned()) };
    Arrivo { ente: ENTE, id, proprietario: MARIO, declared, posizione: Posizione::Togli, limite: LIMIT }
}

/// In uneven pieces, as from the net.
fn pieces(bytes: &[u8], size: usize) -> ByteStream<'static> {
    let chunks: Vec<_> = bytes.chunks(size).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    stream::iter(chunks).boxed()
}

/// All files below a folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
