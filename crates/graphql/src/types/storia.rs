//! The history of a case.

use crate::at_hand::{Asked, AtHand};
use crate::scalars::{Date, DateTime, Posizione};
use async_graphql::parser::types::Field;
use async_graphql::{ID, Object, ScalarType, Value};
use projections::PassoStoria;

/// A step in the history of a case: a fact of the log, in words.
pub struct Passo(pub(crate) PassoStoria);

/// A step in the history of a case: a fact of the log, in words.
#[Object]
impl Passo {
    /// Name of the event, such as `SegnalazioneInviata`.
    async fn evento(&self) -> &str {
        &self.0.evento
    }

    /// Id of the event.
    async fn event_id(&self) -> ID {
        ID(self.0.event_id.to_string())
    }

    /// When it happened.
    async fn quando(&self) -> DateTime {
        DateTime(self.0.quando)
    }

    /// When it was recorded: what `pratica(alla:)` compares.
    async fn registrato_il(&self) -> DateTime {
        DateTime(self.0.registrato_il)
    }

    /// What happened, in a few words for citizens.
    async fn titolo(&self) -> String {
        app::storia::titolo(&self.0)
    }

    /// What it means, in a sentence for citizens.
    async fn descrizione(&self) -> String {
        app::storia::descrizione(&self.0)
    }

    /// Name of the official who did it (L. 241/1990 art. 8: the citizen knows who is responsible).
    async fn attore(&self) -> Option<&str> {
        self.0.attore.as_deref()
    }

    /// What the office tells the citizen; personal data.
    async fn messaggio(&self) -> Option<&str> {
        self.0.messaggio.as_deref()
    }

    /// Number of the register that the step brought, as written on a document: `0000012/2026`.
    async fn segnatura(&self) -> Option<&str> {
        self.0.segnatura.as_deref()
    }

    /// Latest day for the answer, when the step set one.
    async fn scadenza(&self) -> Option<Date> {
        self.0.scadenza.map(Date)
    }

    /// Place in the log.
    async fn posizione(&self) -> Posizione {
        Posizione(self.0.posizione)
    }
}

impl AtHand for PassoStoria {
    const TYPE: &'static str = "Passo";

    fn field(&self, _: &Asked<'_>, field: &Field) -> Option<Value> {
        Some(match field.name.node.as_str() {
            "evento" => Value::from(self.evento.as_str()),
            "eventId" => Value::from(self.event_id.to_string()),
            "quando" => DateTime(self.quando).to_value(),
            "registratoIl" => DateTime(self.registrato_il).to_value(),
            "titolo" => Value::from(app::storia::titolo(self)),
            "descrizione" => Value::from(app::storia::descrizione(self)),
            "attore" => Value::from(self.attore.clone()),
            "messaggio" => Value::from(self.messaggio.clone()),
            "segnatura" => Value::from(self.segnatura.clone()),
            "scadenza" => self.scadenza.map_or(Value::Null, |day| Date(day).to_value()),
            "posizione" => Posizione(self.posizione).to_value(),
            _ => return None,
        })
    }
}
