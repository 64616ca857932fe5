//! What all cases share: identity, receipt, term, and the way an office carries them on.

mod deposito;
mod events;
mod integrazione;
mod lavora;
mod ricevuta;
mod rinuncia;

#[cfg(test)]
mod tests;

pub use deposito::{Deposito, Instradamento, allegati, deposita, misure};
pub(crate) use events::sample_instant;
pub use events::{
    Conclusione, LavorazioneAvviata, Messaggio, PraticaRiassegnata, PresaInCarico, RicevutaEmessa, RicevutaFormata,
    TermineCalcolato,
};
pub use integrazione::{
    DocumentoIntegrazione, DocumentoRichiesta, Integrazione, IntegrazionePresentata, IntegrazioneRichiesta, MAX_VOCE,
    MAX_VOCI, MIN_VOCE, PresentaIntegrazione, RichiediIntegrazione, RispostaIntegrazione, giorni_ammessi,
    presenta as presenta_integrazione, richiedi as richiedi_integrazione,
};
pub use lavora::{Lavora, MAX_MESSAGGIO, Passo, lavora};
pub use ricevuta::forma_ricevuta;
pub use rinuncia::{DocumentoRinuncia, IstanzaRinunciata, MAX_MOTIVO, Rinuncia, rinuncia};

use crate::allegato::Allegato;
use crate::ente::CodiceUfficio;
use crate::ids::{CodicePratica, PersonaId, PraticaId};
use crate::persona::{Anagrafica, Operatore};
use crate::registro::Protocollo;
use crate::termini::Termine;
use crate::titolario::Classifica;
use crate::{Ctx, Personale};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kind of case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TipoPratica {
    /// A report: a broken lamp, a hole in the road.
    Segnalazione,
    /// A letter to the mayor.
    Lettera,
    /// A request that opens a proceeding (L. 241/1990).
    Istanza,
    /// An appointment at an office.
    Appuntamento,
}

impl TipoPratica {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Segnalazione, Self::Lettera, Self::Istanza, Self::Appuntamento];

    /// First part of the streams' names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Segnalazione => "segnalazione",
            Self::Lettera => "lettera",
            Self::Istanza => "istanza",
            Self::Appuntamento => "appuntamento",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tipo| tipo.as_str() == text)
    }

    /// Stream of a case.
    pub fn stream(self, id: PraticaId) -> String {
        format!("{}-{}", self.as_str(), id)
    }

    /// The citizen's code for a case of this kind.
    pub fn codice(self, id: PraticaId) -> CodicePratica {
        let prefix = match self {
            Self::Segnalazione => "SG",
            Self::Lettera => "LS",
            Self::Istanza => "IS",
            Self::Appuntamento => "AP",
        };
        CodicePratica::new(prefix, id)
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatoPratica {
    /// Filed; within the same commit it becomes `Protocollata`.
    Inviata,
    /// Entered in the register, receipt issued.
    Protocollata,
    /// An official has it.
    PresaInCarico,
    /// Work has begun.
    InLavorazione,
    /// Documents were asked for and are awaited.
    InIntegrazione,
    /// Closed with an answer.
    Conclusa,
    /// Withdrawn by who filed it.
    Rinunciata,
    /// An appointment is booked.
    Prenotata,
    /// An appointment was cancelled.
    Annullata,
    /// The citizen did not come to an appointment.
    NonPresentata,
}

impl StatoPratica {
    /// All states, in the order of a case's life.
    pub const ALL: [Self; 10] = [
        Self::Inviata,
        Self::Protocollata,
        Self::PresaInCarico,
        Self::InLavorazione,
        Self::InIntegrazione,
        Self::Conclusa,
        Self::Rinunciata,
        Self::Prenotata,
        Self::Annullata,
        Self::NonPresentata,
    ];

    /// Name in tables and catalogues.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inviata => "inviata",
            Self::Protocollata => "protocollata",
            Self::PresaInCarico => "presa-in-carico",
            Self::InLavorazione => "in-lavorazione",
            Self::InIntegrazione => "in-integrazione",
            Self::Conclusa => "conclusa",
            Self::Rinunciata => "rinunciata",
            Self::Prenotata => "prenotata",
            Self::Annullata => "annullata",
            Self::NonPresentata => "non-presentata",
        }
    }

    /// Whether something is still to be done. Spelt out, so that a new state has to say.
    pub fn aperta(self) -> bool {
        match self {
            Self::Inviata
            | Self::Protocollata
            | Self::PresaInCarico
            | Self::InLavorazione
            | Self::InIntegrazione
            | Self::Prenotata => true,
            Self::Conclusa | Self::Rinunciata | Self::Annullata | Self::NonPresentata => false,
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stato| stato.as_str() == text)
    }
}

/// The closing of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chiusura {
    /// Who signed it.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
    /// The answer.
    pub messaggio: Personale<Messaggio>,
    /// Number of the outgoing answer, where one is registered.
    pub protocollo: Option<Protocollo>,
}

/// What is common to all kinds of case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The case.
    pub id: PraticaId,
    /// Its code.
    pub codice: CodicePratica,
    /// Its kind.
    pub tipo: TipoPratica,
    /// Where it stands.
    pub stato: StatoPratica,
    /// Whose it is.
    pub titolare: PersonaId,
    /// Identity as filed.
    pub richiedente: Personale<Anagrafica>,
    /// Subject, without special categories of data.
    pub oggetto: String,
    /// Office that works it.
    pub ufficio: CodiceUfficio,
    /// Classification at filing.
    pub classifica: Classifica,
    /// Restricted to the assigned office.
    pub riservato: bool,
    /// Files.
    pub allegati: Vec<Allegato>,
    /// Names of the files as given.
    pub nomi_allegati: Vec<String>,
    /// When it was filed: equals the date of protocol (L. 241/1990 art. 18-bis).
    pub inviata_il: Timestamp,
    /// Entry in the register; from the receipt on.
    pub protocollo: Option<Protocollo>,
    /// The receipt as a document, once it was formed.
    pub ricevuta_pdf: Option<Allegato>,
    /// Latest date for the answer.
    pub termine: Option<Termine>,
    /// Who took charge and when.
    pub presa_in_carico: Option<(Operatore, Timestamp)>,
    /// When work began.
    pub lavorazione_dal: Option<Timestamp>,
    /// Documents that the office asked for, and what came of it.
    pub integrazione: Option<Integrazione>,
    /// How it ended.
    pub chiusura: Option<Chiusura>,
    /// Its withdrawal.
    pub rinuncia: Option<Rinuncia>,
}

/// State of a case: what is common and what its kind adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Pratica<D> {
    /// Common part.
    pub base: Base,
    /// Part of the kind.
    pub dettaglio: D,
}

impl Base {
    /// A case as filed.
    pub fn inviata(
        tipo: TipoPratica,
        deposito: &Deposito,
        richiedente: Option<Anagrafica>,
        nomi_allegati: Option<Vec<String>>,
    ) -> Self {
        Self {
            id: deposito.pratica,
            codice: deposito.codice.clone(),
            tipo,
            stato: StatoPratica::Inviata,
            titolare: deposito.titolare,
            richiedente: Personale(richiedente),
            oggetto: deposito.oggetto.clone(),
            ufficio: deposito.ufficio.clone(),
            classifica: deposito.classifica,
            riservato: deposito.riservato,
            allegati: deposito.allegati.clone(),
            nomi_allegati: nomi_allegati.unwrap_or_default(),
            inviata_il: deposito.inviata_il,
            protocollo: None,
            ricevuta_pdf: None,
            termine: None,
            presa_in_carico: None,
            lavorazione_dal: None,
            integrazione: None,
            chiusura: None,
            rinuncia: None,
        }
    }

    /// Folds a receipt.
    pub fn ricevuta(&mut self, event: &RicevutaEmessa) {
        self.stato = StatoPratica::Protocollata;
        self.protocollo = Some(event.protocollo.clone());
    }

    /// Folds the receipt as a document.
    pub fn ricevuta_formata(&mut self, event: &RicevutaFormata) {
        self.ricevuta_pdf = Some(event.file.clone());
    }

    /// Folds a computed term.
    pub fn termine(&mut self, event: &TermineCalcolato) {
        self.termine = Some(event.termine.clone());
    }

    /// Folds the taking of charge.
    pub fn presa_in_carico(&mut self, event: &PresaInCarico) {
        self.stato = StatoPratica::PresaInCarico;
        self.presa_in_carico = Some((event.operatore.clone(), event.il));
    }

    /// Another office for the case, when it is another one. Whatever its state: who keeps the register moves closed cases too.
    pub fn riassegna(&self, nuovo: &CodiceUfficio, ctx: &Ctx) -> Option<PraticaRiassegnata> {
        (*nuovo != self.ufficio).then(|| PraticaRiassegnata {
            pratica: self.id,
            operatore: (&ctx.attore).into(),
            il: ctx.at,
            precedente: self.ufficio.clone(),
            nuovo: nuovo.clone(),
        })
    }

    /// Folds a change of office.
    pub fn riassegnata(&mut self, event: &PraticaRiassegnata) {
        self.ufficio = event.nuovo.clone();
    }

    /// Folds the beginning of work.
    pub fn lavorazione(&mut self, event: &LavorazioneAvviata) {
        self.stato = StatoPratica::InLavorazione;
        self.lavorazione_dal = Some(event.il);
    }

    /// Folds the end.
    pub fn conclusa(&mut self, event: &Conclusione) {
        self.stato = StatoPratica::Conclusa;
        self.chiusura = Some(Chiusura {
            operatore: event.operatore.clone(),
            il: event.il,
            messaggio: event.personale.clone(),
            protocollo: event.protocollo.clone(),
        });
    }
}
