//! An office with two desks, and people who want to come.

use crate::appuntamenti::{PrenotaAppuntamento, Richiedente};
use crate::bozze::tests::mondo::Mondo;
pub use crate::bozze::tests::mondo::{ENTE, ora};
use crate::commands::Esito;
use crate::error::{AppError, ErroreCampo};
use crate::{App, Canale, Contesto, Utente};
use domain::agenda::Giornata;
use domain::appuntamento::Dettaglio;
use domain::codice_fiscale::CodiceFiscale;
use domain::ente::CodiceUfficio;
use domain::ids::PersonaId;
use domain::persona::{Anagrafica, LivelloIdentita, Ruolo};
use domain::pratica::Pratica;
use domain::prenotabile::{Orario, Prenotabile, SlotId};
use domain::termini::apertura;
use domain::{Caso, Sample as _};
use jiff::Timestamp;
use jiff::civil::{Date, date, time};
use std::sync::Arc;
use uuid::Uuid;

/// What is booked.
pub const SERVIZIO: &str = "carta-identita";
/// The Monday after the clock of these tests: twelve seats, at six starts from nine o'clock.
pub const LUNEDI: Date = date(2026, 3, 9);
/// The Tuesday: sixteen seats.
pub const MARTEDI: Date = date(2026, 3, 10);

/// The world with one office that receives.
pub struct Sala {
    pub mondo: Mondo,
    pub app: App,
}

pub fn ufficio() -> CodiceUfficio {
    CodiceUfficio::new("urp")
}

/// The opening hours of the sample, at the office of these tests, in a version that no shipped one has.
pub fn orario() -> Orario {
    Orario { ufficio: ufficio(), versione: 90, ..Orario::sample() }
}

/// The slot of a day that starts at an hour of the clocks.
pub fn slot(giorno: Date, ora: i8, minuti: i8) -> SlotId {
    SlotId { ufficio: ufficio(), servizio: SERVIZIO.into(), inizio: apertura(giorno, time(ora, minuti, 0, 0)) }
}

/// A booking of a slot.
pub fn input(slot: SlotId) -> PrenotaAppuntamento {
    PrenotaAppuntamento {
        slot,
        servizio: SERVIZIO.into(),
        motivo: "Rinnovo".into(),
        dettagli: String::new(),
        richiedente: Richiedente::default(),
        collegata: None,
        canale: None,
    }
}

/// The one refusal.
pub fn rifiuto<T: std::fmt::Debug>(result: Result<T, AppError>) -> ErroreCampo {
    match result {
        Err(AppError::Rifiutato(mut errors)) => {
            let error = errors.remove(0);
            assert!(!error.messaggio.starts_with("rifiuto-"), "no words for {}", error.codice);
            error
        }
        other => panic!("not refused: {other:?}"),
    }
}

/// Its code.
pub fn codice<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
    rifiuto(result).codice
}

/// The appointment of an outcome.
pub fn pratica(esito: &Esito) -> &Pratica<Dettaglio> {
    match &esito.caso {
        Caso::Appuntamento(pratica) => pratica,
        other => panic!("no appointment: {other:?}"),
    }
}

impl Sala {
    pub async fn nuova() -> Self {
        Self::con(orario(), Prenotabile { lista_attesa: true, ..Prenotabile::sample() }).await
    }

    pub async fn con(orario: Orario, prenotabile: Prenotabile) -> Self {
        let mondo = Mondo::nuovo().await;
        let app = mondo.app.clone();
        app.pubblica_prenotabile(ENTE, &prenotabile).await.unwrap();
        app.pubblica_orario(ENTE, &orario).await.unwrap();
        Self { mondo, app }
    }

    fn come(&self, utente: Utente) -> Contesto {
        Contesto { utente: Some(Arc::new(utente)), canale: Canale::Portale, ..self.mondo.nessuno() }
    }

    /// The n-th citizen.
    pub fn cittadino(&self, n: u128) -> Contesto {
        self.come(Utente {
            id: PersonaId(Uuid::from_u128(0x1000 + n)),
            ente: ENTE.into(),
            anagrafica: Anagrafica::sample(),
            ruolo: Ruolo::Cittadino,
            livello: LivelloIdentita::L2,
            uffici: Vec::new(),
            ambiti: Vec::new(),
        })
    }

    /// An officer of an office.
    pub fn operatore(&self, ufficio: &str) -> Contesto {
        self.come(Utente {
            id: PersonaId(Uuid::from_u128(0x20)),
            ente: ENTE.into(),
            anagrafica: Anagrafica {
                codice_fiscale: CodiceFiscale::parse("MRTMTT91D08F205J").ok(),
                nome: "Matteo".into(),
                cognome: "Martini".into(),
                ..Anagrafica::sample()
            },
            ruolo: Ruolo::Operatore,
            livello: LivelloIdentita::L2,
            uffici: vec![CodiceUfficio::new(ufficio)],
            ambiti: Vec::new(),
        })
    }

    pub async fn prenota(&self, ctx: &Contesto, chiave: &str, slot: SlotId) -> Result<Esito, AppError> {
        self.app.prenota_appuntamento(ctx, chiave, input(slot)).await
    }

    pub async fn giornata(&self, giorno: Date) -> Arc<Giornata> {
        self.app.giornata(ENTE, &ufficio(), giorno).await.unwrap().0
    }

    /// No two seats of a desk overlap.
    pub async fn senza_sovrapposizioni(&self, giorno: Date) {
        let giornata = self.giornata(giorno).await;
        for (i, a) in giornata.posti.iter().enumerate() {
            for b in &giornata.posti[i + 1..] {
                let apart = a.preso.sportello != b.preso.sportello || !a.preso.occupa().tocca(b.preso.occupa());
                assert!(apart, "{a:?} {b:?}");
            }
        }
    }

    pub fn adesso(&self, istante: Timestamp) {
        self.mondo.clock.set(istante);
    }

    pub async fn letture(&self) {
        self.app.reads().catch_up().await.unwrap();
    }
}
