//! Enumerations, as the domain has them.

use async_graphql::Enum;

/// Kind of case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::pratica::TipoPratica")]
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

/// Where a case stands, in the order of its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::pratica::StatoPratica")]
pub enum StatoPratica {
    /// Filed; within the same commit it becomes `PROTOCOLLATA`.
    Inviata,
    /// Entered in the protocol register, receipt issued (L. 241/1990 art. 18-bis).
    Protocollata,
    /// An official has it.
    PresaInCarico,
    /// Work has begun.
    InLavorazione,
    /// Documents were asked for and are awaited (L. 241/1990 art. 2 c. 7).
    InIntegrazione,
    /// Ended with an answer (L. 241/1990 art. 2).
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

/// What a person may be for an ente.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::persona::Ruolo")]
pub enum Ruolo {
    /// Citizen: files and follows their own cases.
    Cittadino,
    /// Official: works the cases of their offices.
    Operatore,
    /// Protocol office: answers for the register (DPR 445/2000 art. 61).
    Protocollo,
    /// The mayor's secretary: reads and answers the letters to the mayor.
    SegreteriaSindaco,
    /// Developer: reads through the API within the scopes of a token.
    Sviluppatore,
    /// The system itself.
    Sistema,
}

/// Direction of a registered document (Linee guida AgID, Allegato 5: TipologiaDiFlusso).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Flusso {
    /// Received (`E`).
    Entrata,
    /// Sent (`U`).
    Uscita,
}

impl From<domain::registro::Flusso> for Flusso {
    fn from(flusso: domain::registro::Flusso) -> Self {
        match flusso {
            domain::registro::Flusso::E => Self::Entrata,
            domain::registro::Flusso::U => Self::Uscita,
        }
    }
}

/// What silence means when the term has passed (L. 241/1990 artt. 2, 20, 25).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::servizio::EffettoSilenzio")]
pub enum EffettoSilenzio {
    /// Acceptance (art. 20).
    Assenso,
    /// Refusal (art. 25 c. 4).
    Rigetto,
    /// The duty to answer remains (art. 2).
    Inadempimento,
}

/// Kind of service (archetypes of the Modello Comuni).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::servizio::Archetipo")]
pub enum Archetipo {
    /// Permits and documents.
    Permesso,
    /// Payments that are due.
    Pagamento,
    /// Economic benefits.
    Beneficio,
    /// Applications to a ranked list.
    Graduatoria,
    /// Services, also paid ones.
    Servizio,
}

/// When something is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::servizio::Quando")]
pub enum QuandoPagamento {
    /// With the filing.
    AllaPresentazione,
    /// After the office's notice.
    Dopo,
}
