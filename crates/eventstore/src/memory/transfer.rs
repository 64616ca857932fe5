//! Stretches in memory.

use super::{EnteLog, MemoryStore};
use crate::limits;
use crate::record::Position;
use crate::store::{Head, ReadError};
use crate::stretch::Sound;
use crate::transfer::{Stretch, Transfer, TransferError, UsedKey};
use futures_core::future::BoxFuture;

impl EnteLog {
    fn stretch(&self, after: Position, limit: usize) -> Stretch {
        let page = super::page(&self.records, after, limit);
        let mut bytes = 0;
        let fits = page.iter().take_while(|record| {
            let fits = bytes < limits::STRETCH_BYTES;
            bytes += record.payload.len();
            fits
        });
        let records: Vec<_> = fits.cloned().collect();
        let last = after + records.len() as u64;
        let within = |position: Position| position > after && position <= last;
        let numeri = self.numeri.iter().filter(|numero| within(numero.position)).cloned().collect();
        let keys = self.keys.iter().filter(|(_, (_, _, last))| within(*last));
        let mut keys: Vec<_> = keys
            .map(|(key, (fingerprint, first, last))| UsedKey {
                key: key.clone(),
                fingerprint: *fingerprint,
                first: *first,
                last: *last,
            })
            .collect();
        keys.sort_unstable_by_key(|key| key.last);
        Stretch { records, numeri, keys }
    }

    fn check(&self, sound: &Sound) -> Result<(), TransferError> {
        let recorded_at = self.records.last().map_or(i64::MIN, |last| last.recorded_at.as_microsecond());
        sound.continues(self.head(), recorded_at)?;
        for (stream, _, _) in sound.streams() {
            sound.continues_stream(stream, self.streams.get(stream).map_or(0, |versions| versions.len() as u64))?;
        }
        for (registro, _, _) in sound.registri() {
            sound.continues_registro(registro, self.registri.get(registro).copied().unwrap_or(0))?;
        }
        match sound.stretch().keys.iter().find(|key| self.keys.contains_key(&key.key)) {
            Some(key) => Err(TransferError::Unsound(format!("idempotency key {} is already stored", key.key))),
            None => Ok(()),
        }
    }

    fn extend(&mut self, stretch: Stretch) -> Head {
        for record in stretch.records {
            self.streams.entry(record.stream.clone()).or_default().push(self.records.len());
            self.records.push(record);
        }
        for numero in stretch.numeri {
            self.registri.insert(numero.registro.clone(), numero.numero);
            self.numeri.push(numero);
        }
        for UsedKey { key, fingerprint, first, last } in stretch.keys {
            self.keys.insert(key, (fingerprint, first, last));
        }
        let head = self.head();
        self.wake.send_replace(head.position);
        head
    }
}

impl Transfer for MemoryStore {
    fn enti(&self) -> BoxFuture<'_, Result<Vec<String>, ReadError>> {
        Box::pin(async move {
            let log = self.lock();
            let known = log.enti.iter().filter(|(_, log)| !log.records.is_empty());
            let mut enti: Vec<_> = known.map(|(ente, _)| ente.clone()).collect();
            enti.sort_unstable();
            Ok(enti)
        })
    }

    fn read_stretch<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Stretch, ReadError>> {
        Box::pin(async move {
            Ok(self.lock().enti.get(ente).map_or_else(Stretch::default, |log| log.stretch(after, limit)))
        })
    }

    fn write_stretch<'a>(&'a self, ente: &'a str, stretch: Stretch) -> BoxFuture<'a, Result<Head, TransferError>> {
        Box::pin(async move {
            let sound = Sound::check(ente, stretch)?;
            let mut log = self.lock();
            let super::Log { enti, event_ids } = &mut *log;
            let log = enti.entry(ente.to_owned()).or_default();
            log.check(&sound)?;
            let ids: Vec<_> = sound.stretch().records.iter().map(|record| record.event_id).collect();
            let mut drawn = std::collections::HashSet::new();
            if let Some(id) = ids.iter().find(|id| event_ids.contains(id) || !drawn.insert(**id)) {
                return Err(TransferError::Unsound(format!("event id {id} is already stored")));
            }
            event_ids.extend(ids);
            Ok(log.extend(sound.into_stretch()))
        })
    }
}
