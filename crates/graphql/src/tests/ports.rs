//! What the application needs from outside, as little as these tests need.

use app::bozze::memoria::BozzeInMemoria;
use app::ports::{
    Arrivo, BoxFuture, Bozze, ByteStream, Consegna, DocumentError, DocumentStore, Quota, Stored, Upload, UsoUpload,
    WorkError, WorkState,
};
use bytes::Bytes;
use domain::allegato::Impronta;
use domain::ids::{AllegatoId, PersonaId};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use std::collections::HashMap;
use std::future::ready;
use std::sync::Mutex;

/// Uploads and drafts only: sessions and notices are not this door's.
#[derive(Default)]
pub struct Work {
    pub uploads: Mutex<Vec<Upload>>,
    pub bozze: BozzeInMemoria,
}

fn done<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, Result<T, WorkError>> {
    Box::pin(ready(Ok(value)))
}

impl WorkState for Work {
    fn bozze(&self) -> &dyn Bozze {
        &self.bozze
    }

    fn put_upload(&self, upload: Upload, _: Quota) -> BoxFuture<'_, Result<bool, WorkError>> {
        self.uploads.lock().unwrap().push(upload);
        done(true)
    }

    fn upload_use<'a>(&'a self, _: &'a str, _: PersonaId, _: Timestamp) -> BoxFuture<'a, Result<UsoUpload, WorkError>> {
        done(UsoUpload::default())
    }

    fn note_filed<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: u64,
        _: Vec<AllegatoId>,
    ) -> BoxFuture<'a, Result<(), WorkError>> {
        done(())
    }

    fn forget_uploads<'a>(&'a self, _: &'a str, _: Timestamp) -> BoxFuture<'a, Result<u64, WorkError>> {
        done(0)
    }

    fn known_files<'a>(
        &'a self,
        _: &'a str,
        ids: &'a [AllegatoId],
    ) -> BoxFuture<'a, Result<Vec<AllegatoId>, WorkError>> {
        done(ids.to_vec())
    }

    fn uploads<'a>(&'a self, ente: &'a str, ids: &'a [AllegatoId]) -> BoxFuture<'a, Result<Vec<Upload>, WorkError>> {
        let all = self.uploads.lock().unwrap();
        let find = |id: &AllegatoId| all.iter().find(|upload| upload.ente == ente && upload.id == *id).cloned();
        done(ids.iter().filter_map(find).collect())
    }

    fn save_session(&self, _: String, _: Vec<u8>, _: Timestamp) -> BoxFuture<'_, Result<(), WorkError>> {
        done(())
    }

    fn renew_session<'a>(
        &'a self,
        _: &'a str,
        _: Vec<u8>,
        _: Timestamp,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        done(false)
    }

    fn session<'a>(&'a self, _: &'a str, _: Timestamp) -> BoxFuture<'a, Result<Option<Vec<u8>>, WorkError>> {
        done(None)
    }

    fn delete_session<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), WorkError>> {
        done(())
    }

    fn purge_sessions(&self, _: Timestamp) -> BoxFuture<'_, Result<u64, WorkError>> {
        done(0)
    }

    fn hold<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: Timestamp,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        done(true)
    }

    fn release<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<(), WorkError>> {
        done(())
    }

    fn rewind<'a>(&'a self, _: &'a str, _: &'a str, _: u64) -> BoxFuture<'a, Result<(), WorkError>> {
        done(())
    }

    fn process_position<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<u64, WorkError>> {
        done(0)
    }

    fn enqueue<'a>(&'a self, _: &'a str, _: &'a str, _: u64, _: Vec<Consegna>) -> BoxFuture<'a, Result<(), WorkError>> {
        done(())
    }

    fn lease_due(&self, _: Timestamp, _: Timestamp, _: u32) -> BoxFuture<'_, Result<Vec<Consegna>, WorkError>> {
        done(Vec::new())
    }

    fn note_attempt<'a>(&'a self, _: &'a Consegna, _: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>> {
        done(true)
    }

    fn note_handed_over<'a>(&'a self, _: &'a Consegna, _: Timestamp) -> BoxFuture<'a, Result<(), WorkError>> {
        done(())
    }

    fn settle(&self, _: Consegna, _: Timestamp) -> BoxFuture<'_, Result<(), WorkError>> {
        done(())
    }

    fn dead_letters<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(Vec<Consegna>, u64), WorkError>> {
        done((Vec::new(), 0))
    }

    fn retry<'a>(&'a self, _: &'a str, _: &'a str, _: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>> {
        done(false)
    }
}

/// Files in memory.
#[derive(Default)]
pub struct Documents(Mutex<HashMap<AllegatoId, Bytes>>);

impl DocumentStore for Documents {
    fn put<'a>(&'a self, arrivo: Arrivo<'a>, bytes: ByteStream<'a>) -> BoxFuture<'a, Result<Stored, DocumentError>> {
        Box::pin(async move {
            let pieces: Vec<Bytes> = bytes.try_collect().await.unwrap();
            let bytes = Bytes::from(pieces.concat());
            let stored = Stored {
                impronta: Impronta::from_bytes(eventstore::hash::sha256(&bytes)),
                dimensione: bytes.len() as u64,
                formato: arrivo.declared.formato.unwrap(),
                firma: None,
                posizione_tolta: false,
            };
            self.0.lock().unwrap().insert(arrivo.id, bytes);
            Ok(stored)
        })
    }

    fn get<'a>(
        &'a self,
        _: &'a str,
        id: AllegatoId,
        _: &'a Impronta,
    ) -> BoxFuture<'a, Result<ByteStream<'static>, DocumentError>> {
        let found = self.0.lock().unwrap().get(&id).cloned();
        let bytes = found.map(|bytes| stream::once(ready(Ok(bytes))).boxed());
        Box::pin(ready(bytes.ok_or(DocumentError::NotFound)))
    }

    fn remove<'a>(&'a self, _: &'a str, id: AllegatoId) -> BoxFuture<'a, Result<(), DocumentError>> {
        self.0.lock().unwrap().remove(&id);
        Box::pin(ready(Ok(())))
    }

    fn list(&self, _: &str) -> BoxStream<'static, Result<AllegatoId, DocumentError>> {
        stream::empty().boxed()
    }

    fn tidy(&self, _: Timestamp) -> BoxFuture<'_, Result<u64, DocumentError>> {
        Box::pin(ready(Ok(0)))
    }
}
