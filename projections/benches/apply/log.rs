//! A log in memory of cases with their whole lives, seven events each. Fictional persons only.

use domain::ente::CodiceUfficio;
use domain::ids::{PersonaId, PraticaId};
use domain::persona::Operatore;
use domain::pratica::{
    Conclusione, LavorazioneAvviata, Messaggio, PresaInCarico, RicevutaEmessa, TermineCalcolato, TipoPratica,
};
use domain::registro::{CODICE_REGISTRO, Protocollo, ProtocolloRegistrato, stream_registro};
use domain::segnalazione::SegnalazioneInviata;
use domain::{Evento, Sample, registro, segnalazione};
use eventstore::sealing::{PERSONALE, seal};
use eventstore::{
    Batch, Clock, EventStore, Expected, Item, KeyStore, ManualClock, MemoryKeyStore, MemoryStore, Meta, NewEvent, hash,
    system_random,
};
use jiff::{SignedDuration, Timestamp};
use projections::Opener;
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

pub const ENTE: &str = "c_a000";

/// Events of one case.
pub const PER_CASE: u64 = 7;

const OFFICES: [&str; 4] = ["lavori-pubblici", "ambiente", "urp", "tributi"];

pub struct Log {
    pub store: Arc<MemoryStore>,
    pub keys: Arc<MemoryKeyStore>,
    clock: Arc<ManualClock>,
    ids: u128,
    cases: u64,
}

impl Log {
    pub fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56)));
        let (store, keys) = (MemoryStore::new(clock.clone()), MemoryKeyStore::new(system_random()));
        Self { store: Arc::new(store), keys: Arc::new(keys), clock, ids: 0, cases: 0 }
    }

    pub fn opener(&self) -> Arc<Opener> {
        Arc::new(Opener::new(self.keys.clone()))
    }

    /// Id of a time-ordered kind, like those that the shell draws.
    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128((self.ids << 80) | (0x7000_8000 << 48) | ((self.ids * 0x9e37_79b9) & 0xffff_ffff))
    }

    fn event(&mut self, subject: Uuid, kind: &str, payload: &impl Serialize) -> NewEvent {
        let event_id = self.id();
        let mut payload = serde_json::to_value(payload).expect("events are JSON");
        if let Some(part) = payload.get_mut(PERSONALE).filter(|part| !part.is_null()) {
            let key = self.keys.key_of(ENTE, subject).expect("keys in memory");
            let sealed = seal(&key, ENTE, event_id, &[7; 24], &hash::canonical(part).expect("canonical"));
            *part = serde_json::to_value(sealed).expect("JSON");
        }
        let payload = hash::canonical(&payload).expect("canonical");
        NewEvent { event_id, kind: kind.to_owned(), schema_version: 1, payload }
    }

    /// A case from its filing to its end.
    pub async fn case(&mut self) {
        self.cases += 1;
        let at = self.clock.now() + SignedDuration::from_mins(5);
        self.clock.set(at);
        let (id, tipo) = (PraticaId(self.id()), TipoPratica::Segnalazione);
        let titolare = PersonaId(Uuid::from_u128(u128::from(self.cases % 10_000) + 1));
        let ufficio = OFFICES[self.cases as usize % OFFICES.len()];
        let protocollo = Protocollo { numero: self.cases, data: at, ..Protocollo::sample() };
        let (codice, stream) = (tipo.codice(id), tipo.stream(id));
        let mut filed = SegnalazioneInviata::sample();
        filed.deposito.pratica = id;
        filed.deposito.codice = codice.clone();
        filed.deposito.titolare = titolare;
        filed.deposito.ufficio = CodiceUfficio::new(ufficio);
        filed.deposito.inviata_il = at;
        let oggetto = filed.deposito.oggetto.clone();
        let entry = ProtocolloRegistrato {
            protocollo: protocollo.clone(),
            pratica: id,
            assegnazione: CodiceUfficio::new(ufficio),
            ..ProtocolloRegistrato::sample()
        };
        let entry: Evento = registro::Event::from(entry).into();
        let filed: Evento = segnalazione::Event::from(filed).into();
        let operatore = Operatore::sample();
        let receipt = RicevutaEmessa { pratica: id, codice, protocollo, oggetto, ufficio: ufficio.into() };
        let term = TermineCalcolato { pratica: id, ..TermineCalcolato::sample() };
        let taken = PresaInCarico { pratica: id, operatore: operatore.clone(), il: at };
        let begun = LavorazioneAvviata { pratica: id, operatore: operatore.clone(), il: at, ..Sample::sample() };
        let personale = Messaggio { messaggio: Some("Il lampione è stato riparato.".into()) }.into();
        let done = Conclusione { pratica: id, operatore, il: at, protocollo: None, personale };
        let (subject, register) = (titolare.0, Uuid::from_u128(0xf0));
        let entry = vec![self.event(register, entry.kind(), &entry.payload())];
        let life = vec![
            self.event(subject, filed.kind(), &filed.payload()),
            self.event(subject, "RicevutaEmessa", &receipt),
            self.event(subject, "TermineCalcolato", &term),
            self.event(subject, "SegnalazionePresaInCarico", &taken),
            self.event(subject, "LavorazioneAvviata", &begun),
            self.event(subject, "SegnalazioneRisolta", &done),
        ];
        let year = at.to_zoned(jiff::tz::TimeZone::UTC).year();
        let meta = Meta {
            actor: titolare.to_string(),
            role: "cittadino".into(),
            identity_level: Some(2),
            channel: "portale".into(),
            ..Meta::default()
        };
        let item = |(stream, events)| Item { stream, expected: Expected::Any, events };
        let items = [(stream_registro(CODICE_REGISTRO, year), entry), (stream, life)].map(item).into();
        let batch = Batch { items, idempotency: None, meta };
        self.store.append(ENTE, batch).await.expect("the log in memory takes it");
    }
}
