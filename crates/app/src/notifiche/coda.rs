//! From the log to the queue.

use super::{CANALE, Notifiche, NotificheError, PROCESSO, count, limits};
use crate::ports::{Consegna, StatoConsegna};
use domain::evento::pratica_di;
use domain::notifica::Motivo;
use eventstore::Record;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How far the log of one ente was read. Records that notify nobody are not worth a write each.
pub(super) struct Cursor {
    read: u64,
    saved: u64,
}

impl Notifiche {
    /// Follows the log of one ente for ever.
    pub(super) async fn follow(&self, ente: &str, queued: &Notify, stop: &CancellationToken) {
        // Subscribed before the first read: nothing is committed unnoticed in between.
        let mut wake = self.store.wake(ente);
        let mut cursor = None;
        loop {
            wake.borrow_and_update();
            let healthy = match self.read(ente, &mut cursor).await {
                Ok(0) => true,
                Ok(_) => {
                    queued.notify_one();
                    true
                }
                Err(error) => {
                    tracing::warn!(ente, %error, "notices cannot be queued now");
                    false
                }
            };
            let woken = async {
                if !healthy || wake.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = woken => {}
                () = tokio::time::sleep(limits::POLL) => {}
            }
            // A mail can wait a moment, and a busy log wakes for each commit: one synced write takes what gathers.
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(limits::GATHER) => {}
            }
        }
    }

    /// Reads the log of one ente to its end and queues what follows from it; says how many notices.
    pub(super) async fn read(&self, ente: &str, cursor: &mut Option<Cursor>) -> Result<usize, NotificheError> {
        let cursor = match cursor {
            Some(cursor) => cursor,
            None => cursor.insert(self.begin(ente).await?),
        };
        let mut queued = 0;
        loop {
            let records = self.store.read_all(ente, cursor.read, limits::PAGE).await?;
            let Some(last) = records.last().map(|record| record.position) else { return Ok(queued) };
            // Where mail is switched on later, or was off for days, nobody is told today what happened long ago.
            let oldest = self.clock.now() - limits::EXPIRY;
            let (consegne, old): (Vec<Consegna>, Vec<Consegna>) =
                records.iter().filter_map(consegna).partition(|consegna| consegna.creata >= oldest);
            if !old.is_empty() {
                count(ente, "scaduta", old.len());
                tracing::warn!(ente, notices = old.len(), "notices older than three days are not sent");
            }
            if !consegne.is_empty() || last - cursor.saved >= limits::PAGE as u64 {
                queued += consegne.len();
                count(ente, "accodata", consegne.len());
                self.work.enqueue(PROCESSO, ente, last, consegne).await?;
                cursor.saved = last;
            }
            cursor.read = last;
            if records.len() < limits::PAGE {
                return Ok(queued);
            }
        }
    }

    async fn begin(&self, ente: &str) -> Result<Cursor, NotificheError> {
        let saved = self.work.process_position(PROCESSO, ente).await?;
        let head = self.store.head(ente).await?.position;
        if saved <= head {
            return Ok(Cursor { read: saved, saved });
        }
        // An older copy of the log was put back: what is written from here on must not be taken for read.
        tracing::warn!(ente, saved, head, "the log ends before the position of the process: going on from its end");
        self.work.rewind(PROCESSO, ente, head).await?;
        Ok(Cursor { read: head, saved: head })
    }
}

/// The notice that a record causes, if any.
fn consegna(record: &Record) -> Option<Consegna> {
    let (tipo, pratica) = pratica_di(&record.stream)?;
    Some(Consegna {
        dedupe: format!("{}:{CANALE}", record.event_id),
        ente: record.ente.clone(),
        pratica,
        tipo,
        causa: record.event_id,
        motivo: motivo(&record.kind)?,
        tentativi: 0,
        prossimo: record.recorded_at,
        creata: record.recorded_at,
        stato: StatoConsegna::InCoda,
        errore: None,
        affidata: None,
    })
}

fn motivo(kind: &str) -> Option<Motivo> {
    Some(match kind {
        "SegnalazioneInviata" | "LetteraInviata" | "IstanzaPresentata" => Motivo::Ricevuta,
        "SegnalazionePresaInCarico" | "LetteraPresaInCarico" | "IstanzaPresaInCarico" => Motivo::PresaInCarico,
        "IntegrazioneRichiesta" => Motivo::IntegrazioneRichiesta,
        "IntegrazionePresentata" => Motivo::IntegrazionePresentata,
        "IstanzaRinunciata" => Motivo::Rinuncia,
        "SegnalazioneRisolta" | "RispostaInviata" | "IstanzaConclusa" => Motivo::Conclusione,
        "AppuntamentoPrenotato" => Motivo::Prenotazione,
        "AppuntamentoConfermato" => Motivo::Conferma,
        "AppuntamentoSpostato" => Motivo::Spostamento,
        "AppuntamentoAnnullato" => Motivo::Annullamento,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::motivo;
    use domain::Evento;

    /// A kind that is renamed would silently notify nobody.
    #[test]
    fn sixteen_events_of_the_house_cause_notices() {
        let kinds: Vec<_> = Evento::specs().iter().filter(|spec| motivo(spec.kind).is_some()).map(|s| s.kind).collect();
        assert_eq!(kinds.len(), 16, "{kinds:?}");
    }
}
