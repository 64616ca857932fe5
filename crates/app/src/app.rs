//! The application and what it is made of.

use crate::appuntamenti::{Giornate, Liste};
use crate::definizioni::Definizioni;
use crate::enti::Enti;
use crate::persone::Persone;
use crate::ports::{DocumentStore, Ids, Ricevute, WorkState};
use crate::ricevute::Composizione;
use crate::scritture::Sorvegliato;
use domain::prenotabile::{Orario, Prenotabile};
use domain::servizio::Servizio;
use eventstore::{Clock, EventStore, KeyStore};
use projections::ReadModels;
use projections::decode::Opener;
use std::sync::Arc;

/// The parts, wired by the binary.
#[derive(Clone)]
pub struct Parts {
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// Keys of persons and registers.
    pub keys: Arc<dyn KeyStore>,
    /// Opens stored events.
    pub opener: Arc<Opener>,
    /// Read models.
    pub reads: Arc<ReadModels>,
    /// Working data.
    pub work: Arc<dyn WorkState>,
    /// Files.
    pub documents: Arc<dyn DocumentStore>,
    /// Instants.
    pub clock: Arc<dyn Clock>,
    /// Ids and nonces.
    pub ids: Arc<dyn Ids>,
    /// Municipalities.
    pub enti: Arc<Enti>,
    /// Ids of persons.
    pub persone: Persone,
}

/// What the enti published, by kind.
#[derive(Debug, Default)]
pub(crate) struct Pubblicazioni {
    pub(crate) servizi: Definizioni<Servizio>,
    pub(crate) prenotabili: Definizioni<Prenotabile>,
    pub(crate) orari: Definizioni<Orario>,
}

/// The application: one for all enti and all doors. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) parts: Arc<Parts>,
    pub(crate) definizioni: Arc<Pubblicazioni>,
    pub(crate) giornate: Arc<Giornate>,
    pub(crate) liste: Arc<Liste>,
    pub(crate) ricevute: Option<Arc<Composizione>>,
    scritture: Option<Arc<Sorvegliato>>,
}

impl App {
    /// From its parts.
    pub fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
            definizioni: Arc::default(),
            giornate: Arc::default(),
            liste: Arc::default(),
            ricevute: None,
            scritture: None,
        }
    }

    /// With receipts as documents; without, they are pages only.
    #[must_use]
    pub fn con_ricevute(self, ricevute: Arc<dyn Ricevute>) -> Self {
        Self { ricevute: Some(Arc::new(Composizione::new(ricevute))), ..self }
    }

    /// With the log of its parts watched: what it last refused to store is known to who asks for health.
    #[must_use]
    pub fn con_scritture(self, scritture: Arc<Sorvegliato>) -> Self {
        Self { scritture: Some(scritture), ..self }
    }

    /// Why nothing can be written now, as far as the last write tells.
    pub fn scritture_ferme(&self) -> Option<String> {
        self.scritture.as_ref()?.guasto()
    }

    /// The municipalities.
    pub fn enti(&self) -> &Enti {
        &self.parts.enti
    }

    /// Instants for the doors (expiry of sessions, "today").
    pub fn clock(&self) -> &dyn Clock {
        self.parts.clock.as_ref()
    }

    /// Ids for the doors (sessions, correlation, keys of forms).
    pub fn ids(&self) -> &dyn Ids {
        self.parts.ids.as_ref()
    }

    /// Read models, for health and metrics.
    pub fn reads(&self) -> &ReadModels {
        &self.parts.reads
    }

    /// Working data, for sessions and the list of notices that failed.
    pub fn work(&self) -> &Arc<dyn WorkState> {
        &self.parts.work
    }

    /// Ids of persons and tokens.
    pub fn persone(&self) -> &Persone {
        &self.parts.persone
    }
}
